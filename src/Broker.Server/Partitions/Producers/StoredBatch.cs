using Broker.Model;

namespace Broker.Server.Partitions.Producers;

/// <summary>
/// A batch that a producer's window remembers. Duplicates are answered from the offset, which outlives segments and
/// restarts; the index serves only to wait for a batch that is not committed yet, and is zero after a restart.
/// </summary>
public readonly record struct StoredBatch(
    int FirstSequence, int LastSequence, Offset BaseOffset, long Timestamp, LogIndex Index)
{
    public Offset LastOffset => BaseOffset + ((LastSequence - FirstSequence) & int.MaxValue);
}
