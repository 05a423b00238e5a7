using System.Globalization;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// One file of a log and its sparse index. What changes while it is written to is guarded by the log's gate; the disk
/// loop alone changes it.
/// </summary>
internal sealed class Segment
{
    public const string LogSuffix = ".log";
    public const string IndexSuffix = ".index";

    public Segment(string directory, SegmentHeader header)
    {
        Header = header;
        Path = PathOf(directory, header.FirstIndex, LogSuffix);
        IndexPath = PathOf(directory, header.FirstIndex, IndexSuffix);
        LastIndex = header.FirstIndex - 1;
        NextOffset = header.FirstOffset;
        Length = header.Size;
    }

    public string Path { get; }

    public string IndexPath { get; }

    public SegmentHeader Header { get; }

    public LogIndex FirstIndex => Header.FirstIndex;

    public Offset FirstOffset => Header.FirstOffset;

    /// <summary>The last entry that is written; the one before the first if there is none.</summary>
    public LogIndex LastIndex { get; set; }

    public Offset NextOffset { get; set; }

    /// <summary>Where the last frame ends.</summary>
    public long Length { get; set; }

    public long MaxTimestamp { get; set; } = -1;

    /// <summary>When its newest record was made, or it was begun where records carry no time.</summary>
    public long NewestTime => MaxTimestamp >= 0 ? MaxTimestamp : Header.CreatedAt;

    /// <summary>Null until it is needed, for a segment that is no longer written to.</summary>
    public SegmentIndex? Index { get; set; }

    public bool IsEmpty => LastIndex < FirstIndex;

    /// <summary>The point at the first frame, which every index begins with.</summary>
    public IndexRecord Beginning => new(FirstIndex, FirstOffset, Header.PreviousTerm, Header.Size, -1, LogIndex.Zero);

    /// <summary>The point behind the last frame.</summary>
    public IndexRecord End => new(LastIndex + 1, NextOffset, Term.Zero, Length, MaxTimestamp, LogIndex.Zero);

    public void MoveEndTo(in IndexRecord end)
    {
        LastIndex = end.Index - 1;
        NextOffset = end.Offset;
        Length = end.Position;
        MaxTimestamp = end.MaxTimestampBefore;
    }

    public static string PathOf(string directory, LogIndex firstIndex, string suffix) => System.IO.Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"{firstIndex.Value:D20}{suffix}"));

    public static bool TryParseName(string name, out LogIndex firstIndex)
    {
        firstIndex = default;
        if (name.Length != 20 + LogSuffix.Length || !name.EndsWith(LogSuffix, StringComparison.Ordinal)
            || !long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return false;
        }

        firstIndex = new LogIndex(value);
        return true;
    }
}
