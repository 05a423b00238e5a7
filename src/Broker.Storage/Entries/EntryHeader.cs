using Broker.Model;

namespace Broker.Storage;

/// <summary>What the leader decides about an entry in the one step that appends it.</summary>
public readonly struct EntryHeader
{
    public required LogIndex Index { get; init; }

    public required Term Term { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>The Kafka offset at which the entry stands; for a kind that takes none, the next one.</summary>
    public required Offset Offset { get; init; }

    /// <summary>How many offsets it takes: a batch's last offset delta + 1, otherwise 0.</summary>
    public int OffsetSpan { get; init; }

    /// <summary>The highest timestamp in the batch, or −1.</summary>
    public long MaxTimestamp { get; init; }

    public required WriterMark Mark { get; init; }
}
