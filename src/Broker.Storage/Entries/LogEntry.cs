using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// One sealed entry: a view over a part of a <see cref="SharedBuffer"/>. The view holds nothing itself: it is good
/// while somebody holds the buffer, and whoever stores it retains the buffer.
/// </summary>
public readonly struct LogEntry
{
    public required SharedBuffer Buffer { get; init; }

    /// <summary>Where the frame begins in the buffer.</summary>
    public required int Start { get; init; }

    /// <summary>The length of the whole frame.</summary>
    public required int Length { get; init; }

    public required LogIndex Index { get; init; }

    public required Term Term { get; init; }

    public required EntryKind Kind { get; init; }

    public required Offset Offset { get; init; }

    public required int OffsetSpan { get; init; }

    public required long MaxTimestamp { get; init; }

    public required WriterMark Mark { get; init; }

    /// <summary>The index itself, but for a hole, which stands for several.</summary>
    public LogIndex LastIndex => Kind is EntryKind.Hole ? HoleFrame.LastIndexOf(this) : Index;

    public Offset NextOffset => Offset + OffsetSpan;

    public ReadOnlyMemory<byte> Frame => Buffer.Memory.Slice(Start, Length);

    public ReadOnlyMemory<byte> Payload =>
        Buffer.Memory.Slice(Start + EntryFrame.HeaderSize, Length - EntryFrame.HeaderSize);

    public override string ToString() => $"{Kind} {Index} term {Term} at offset {Offset}+{OffsetSpan}, {Length} bytes";
}
