using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>How far a group is in one partition.</summary>
/// <param name="Committed">The offset that it goes on from; null: none is committed.</param>
/// <param name="LogEnd">
/// The offset behind the last record that consumers may read; null if it could not be found out, because the partition
/// has no leader or is no more.
/// </param>
/// <param name="Owner">The id of the member that reads it; null: none does.</param>
public sealed record GroupProgress(TopicPartition Partition, Offset? Committed, Offset? LogEnd, string? Owner)
{
    /// <summary>
    /// How many records are not consumed yet; null where one of both offsets is not known. Never negative: where the
    /// log ends before the committed offset, nothing is left to read.
    /// </summary>
    public long? Lag => Committed is { } committed && LogEnd is { } end ? Math.Max(0, end - committed) : null;
}
