using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// A segment's sparse index on disk: a head of one record's size (magic, version, which segment), then the records,
/// each with its own checksum. Only help: what is missing or damaged is found again by walking the segment. Flushed
/// when the segment is closed, and before that only by accident.
/// </summary>
internal static class SegmentIndexFile
{
    private const uint Magic = 0x58444942; // "BIDX"
    private const int Version = 1;

    /// <summary>
    /// Writes the records from <paramref name="from"/> to <paramref name="count"/>, and the head if it is new.
    /// </summary>
    public static void Append(IFile file, Segment segment, SegmentIndex index, int from, int count)
    {
        int head = from == 0 ? 1 : 0;
        byte[] bytes = new byte[(count - from + head) * IndexRecord.Size];
        if (head > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), segment.Header.Checksum);
        }

        for (int i = from; i < count; i++)
            index[i].Write(bytes.AsSpan((i - from + head) * IndexRecord.Size));
        file.Write(bytes, (from + 1 - head) * (long)IndexRecord.Size);
    }

    /// <summary>
    /// Reads what is there and holds together: from the segment's beginning, rising, up to the first record that does
    /// not. May be empty.
    /// </summary>
    public static SegmentIndex Read(IFile file, Segment segment, long length)
    {
        var index = new SegmentIndex();
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        if (read < IndexRecord.Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != segment.Header.Checksum)
        {
            return index;
        }

        IndexRecord last = segment.Beginning;
        for (int at = IndexRecord.Size; at + IndexRecord.Size <= read; at += IndexRecord.Size)
        {
            if (!IndexRecord.TryRead(bytes.AsSpan(at, IndexRecord.Size), out IndexRecord record)
                || !Follows(record, last, index.Count) || record.Position >= length)
            {
                break;
            }

            index.Add(record);
            last = record;
        }

        return index;
    }

    /// <summary>
    /// Whether a point belongs into the index: at the beginning, every so often, and where a term begins.
    /// </summary>
    public static bool Wants(SegmentIndex index, long position, Term term)
    {
        if (index.Count == 0)
            return true;
        IndexRecord last = index[index.Count - 1];
        return position - last.Position >= SegmentIndex.Spacing || term != last.Term;
    }

    /// <summary>
    /// Adds the points that are missing at the end, by walking the segment from the last one. Stops at damage.
    /// </summary>
    public static void Complete(SegmentIndex index, IFile file, Segment segment)
    {
        IndexRecord start = index.Count > 0 ? index[index.Count - 1] : segment.Beginning;
        using var cursor = new FrameCursor(file, start, segment.Length);
        while (cursor.TryStep())
        {
            if (Wants(index, cursor.EntryPosition, cursor.Entry.Term))
                index.Add(RecordOf(cursor, LogIndex.Zero));
        }
    }

    /// <param name="cursor">Has just passed the entry.</param>
    /// <param name="mark">How far the log is flushed. A point never speaks of itself or what follows it.</param>
    public static IndexRecord RecordOf(FrameCursor cursor, LogIndex mark) => new(
        cursor.Entry.Index, cursor.Entry.Offset, cursor.Entry.Term, cursor.EntryPosition,
        cursor.EntryMaxTimestampBefore, LogIndex.Min(mark, cursor.Entry.Index - 1));

    private static bool Follows(in IndexRecord record, in IndexRecord last, int count) => count == 0
        ? record.Index == last.Index && record.Position == last.Position && record.Offset == last.Offset
        : record.Index > last.Index && record.Position > last.Position && record.Offset >= last.Offset
            && record.Term >= last.Term;
}
