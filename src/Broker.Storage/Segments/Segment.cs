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

    private const int GenerationDigits = 10;

    public Segment(string directory, SegmentHeader header)
    {
        Header = header;
        Path = System.IO.Path.Combine(directory, NameOf(header.FirstIndex, header.Generation) + LogSuffix);
        IndexPath = System.IO.Path.ChangeExtension(Path, IndexSuffix);
        LastIndex = header.FirstIndex - 1;
        NextOffset = header.FirstOffset;
        Length = header.Size;
    }

    public string Path { get; }

    public string IndexPath { get; }

    public SegmentHeader Header { get; private set; }

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

    /// <summary>
    /// A cleaned segment that ends elsewhere than its header says, because it was cut: the header has to be written
    /// anew before anything is begun behind it. False: it is right as it is.
    /// </summary>
    public bool RestateEnd()
    {
        if (Header.Cleaned is not { } stated || (stated.LastIndex == LastIndex && stated.Length == Length))
            return false;
        Header = Header with
        {
            Cleaned = stated with
            {
                LastIndex = LastIndex,
                NextOffset = NextOffset,
                Length = Length,
                MaxTimestamp = MaxTimestamp,
            },
        };
        return true;
    }

    public static bool TryParseName(string name, out LogIndex firstIndex) =>
        TryParseName(name, out firstIndex, out _);

    public static bool TryParseName(string name, out LogIndex firstIndex, out int generation)
    {
        (firstIndex, generation) = (default, 0);
        if (!name.EndsWith(LogSuffix, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> stem = name.AsSpan(0, name.Length - LogSuffix.Length);
        bool isCleaned = stem.Length == 20 + 1 + GenerationDigits && stem[20] == '-';
        if ((stem.Length != 20 && !isCleaned)
            || !long.TryParse(stem[..20], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            || (isCleaned && !int.TryParse(
                stem[21..], NumberStyles.None, CultureInfo.InvariantCulture, out generation)))
        {
            return false;
        }

        firstIndex = new LogIndex(first);
        return true;
    }

    private static string NameOf(LogIndex firstIndex, int generation) => generation == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{firstIndex.Value:D20}")
        : string.Create(CultureInfo.InvariantCulture, $"{firstIndex.Value:D20}-{generation:D10}");
}
