using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// The frame that says what is missing where compaction took entries away: from its index and offset on, so many
/// indexes (its payload) and offsets (its span). All that is missing was of its term.
/// </summary>
internal static class HoleFrame
{
    public const int Size = EntryFrame.HeaderSize + sizeof(long);

    public static LogEntry Write(
        SharedBuffer into, int start, LogIndex first, LogIndex last, Term term, Offset offset, int span)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into.Span[(start + EntryFrame.HeaderSize)..], last - first + 1);
        var header = new EntryHeader
        {
            Index = first,
            Term = term,
            Kind = EntryKind.Hole,
            Offset = offset,
            OffsetSpan = span,
            MaxTimestamp = -1,
            Mark = default,
        };
        return EntryFrame.Seal(into, start, sizeof(long), header);
    }

    /// <summary>Below the hole's own index if its frame makes no sense.</summary>
    public static LogIndex LastIndexOf(in LogEntry hole) => hole.Length == Size
        ? hole.Index + (BinaryPrimitives.ReadInt64LittleEndian(hole.Payload.Span) - 1)
        : hole.Index - 1;
}
