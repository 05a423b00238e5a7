using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>Where a group is to go on in one partition.</summary>
/// <param name="From">What was committed when the reset was planned; null: nothing.</param>
/// <param name="To">What is to be committed.</param>
public sealed record OffsetReset(TopicPartition Partition, Offset? From, Offset To)
{
    /// <summary>Within what the partition holds, so that no consumer has to guess where to begin.</summary>
    internal static Offset Target(StartPosition to, Offset start, Offset end) =>
        to.Offset is { } offset ? Offset.Min(Offset.Max(offset, start), end)
        : to == StartPosition.Earliest ? start
        : end;
}
