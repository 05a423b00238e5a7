using System.Collections.Immutable;
using Broker.Metadata;

namespace Broker.Server.Handlers.Configs;

/// <summary>A topic or a broker whose configs a client wants changed.</summary>
/// <param name="ReplacesAll">What is not named goes back to its default.</param>
internal sealed record ConfigResource(
    sbyte Type, string Name, bool ReplacesAll, ImmutableArray<ConfigChange> Changes)
{
    /// <summary>The numbers that Kafka has for what has configs.</summary>
    public const sbyte Topic = 2;
    public const sbyte Broker = 4;
}
