using Broker.Model;

namespace Broker.Raft;

/// <summary>A leadership being handed over (3.10): to whom, and since when.</summary>
internal readonly record struct Transfer(BrokerId To, long Since)
{
    public static readonly Transfer None = new(BrokerId.None, 0);

    public bool IsUnderWay => To != BrokerId.None;
}
