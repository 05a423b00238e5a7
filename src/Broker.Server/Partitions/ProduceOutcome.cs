using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>What became of a batch.</summary>
public readonly record struct ProduceOutcome(PartitionFault Fault)
{
    /// <summary>The offset of its first record; of the original if the batch is a duplicate. -1 with a fault.</summary>
    public Offset BaseOffset { get; init; } = new(-1);

    /// <summary>Unix milliseconds where the topic's records carry the broker's time, else -1.</summary>
    public long LogAppendTime { get; init; } = -1;

    public Offset LogStart { get; init; } = new(-1);

    /// <summary>For the client, where there is more to say than the fault does.</summary>
    public string? Message { get; init; }

    /// <summary>The record that is to blame, counted within the batch; -1 if it is the batch.</summary>
    public int BadRecord { get; init; } = -1;
}
