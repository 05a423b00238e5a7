using System.Globalization;

namespace Broker.Replication;

/// <summary>The number of a call between brokers; whoever registers a handler owns its meaning.</summary>
public readonly record struct PeerMethod(int Number)
{
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}
