using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What a log knows in memory, shared by its owner, its disk loop and its readers. All of it is guarded by
/// <see cref="Gate"/>, under which nobody does I/O.
/// </summary>
/// <remarks>
/// The logical log is what the files hold up to <see cref="Written"/>, followed by what the tail holds beyond it. The
/// files may hold more than that for a while: what was truncated in the meantime is cut by the next round, before
/// anything else is written (<see cref="PendingCut"/>), and nobody reads files beyond <see cref="Written"/>.
/// </remarks>
internal sealed class LogState(TailCacheBudget budget)
{
    public Lock Gate { get; } = new();

    public LogTail Tail { get; } = new();

    public EpochTable Epochs { get; } = new();

    /// <summary>In order; the last one is written to. Replaced, never changed.</summary>
    public Segment[] Segments { get; set; } = [];

    public LogIndex FirstIndex { get; set; } = new(1);

    public Offset FirstOffset { get; set; }

    public LogIndex LastIndex { get; set; }

    public Offset NextOffset { get; set; }

    /// <summary>Up to here the files hold the logical log.</summary>
    public LogIndex Written { get; set; }

    /// <summary>Up to here it is flushed. Never above Written.</summary>
    public LogIndex Flushed { get; set; }

    /// <summary>The last entry that the running round may be writing; 0 between rounds.</summary>
    public LogIndex InFlight { get; set; }

    /// <summary>
    /// The lowest index truncated since the running round took its entries: they count only below it.
    /// </summary>
    public LogIndex Floor { get; set; } = new(long.MaxValue);

    /// <summary>From here on the files must be cut before the next write.</summary>
    public LogIndex? PendingCut { get; set; }

    /// <summary>How often the log was truncated: who read without the gate compares.</summary>
    public int Truncations { get; set; }

    public LogIndex LogStartIndex { get; set; } = new(1);

    public Offset LogStartOffset { get; set; }

    /// <summary>
    /// Up to here compaction has taken entries away or records out of them: no follower is sent these.
    /// </summary>
    public LogIndex Cleaned { get; private set; }

    public LogDamage? Damage { get; set; }

    /// <summary>
    /// Another log may have the directory by now, or nobody: what a read finds there says nothing of this log.
    /// </summary>
    public bool IsClosed { get; set; }

    public ReadHints Hints { get; } = new();

    public Segment? Active => Segments.Length > 0 ? Segments[^1] : null;

    public Term LastTerm => Epochs.Last;

    /// <summary>The last segment is cut.</summary>
    public void MoveEndTo(Segment last, in IndexRecord end)
    {
        last.MoveEndTo(end);
        if (last.RestateEnd())
            NoteCleaned();
    }

    /// <summary>After the segments became other ones.</summary>
    public void NoteCleaned()
    {
        Cleaned = LogIndex.Zero;
        foreach (Segment segment in Segments)
        {
            if (segment.Header.Cleaned is { } range)
                Cleaned = LogIndex.Max(Cleaned, range.LastCleaned);
        }
    }

    public void Append(in LogEntry entry, long stamp)
    {
        if (entry.Index != LastIndex + 1)
            throw new InvalidOperationException($"{entry} does not follow the log's last index {LastIndex}");
        if (entry.Offset != NextOffset)
            throw new InvalidOperationException($"{entry} does not stand at the log's next offset {NextOffset}");
        if (entry.Term < LastTerm)
            throw new InvalidOperationException($"{entry} has a lower term than the log's last, {LastTerm}");
        budget.Change(Tail.Append(entry, stamp));
        Epochs.Append(entry.Term, entry.Index, entry.Offset);
        LastIndex = entry.Index;
        NextOffset = entry.NextOffset;
    }

    /// <summary>A round of writes is flushed; what was truncated since it began does not count.</summary>
    public void FlushedUpTo(LogIndex index)
    {
        index = LogIndex.Min(index, Floor - 1);
        Flushed = LogIndex.Max(Flushed, LogIndex.Min(index, Written));
    }

    public void TruncateFrom(LogIndex index, Offset nextOffset)
    {
        if (index < FirstIndex || index > LastIndex)
            throw new InvalidOperationException(
                $"cannot truncate from {index}: the log has {FirstIndex} to {LastIndex}");
        if (Tail.Contains(index) && Tail[Tail.PlaceOf(index)].Offset != nextOffset)
            throw new InvalidOperationException($"entry {index} does not stand at offset {nextOffset}");
        if (index <= LogIndex.Max(Written, InFlight) && (PendingCut is null || index < PendingCut))
            PendingCut = index;
        Floor = LogIndex.Min(Floor, index);
        Truncations++;
        while (Tail.Count > 0 && Tail.LastIndex >= index)
            budget.Change(-Tail.RemoveLast());
        Epochs.TruncateFrom(index);
        LastIndex = index - 1;
        NextOffset = nextOffset;
        Written = LogIndex.Min(Written, LastIndex);
        Flushed = LogIndex.Min(Flushed, LastIndex);
        Hints.Clear();
    }

    /// <summary>Lets go of entries that are written and due, or of all that are written.</summary>
    public void DropFromTail(long horizon)
    {
        while (Tail.Count > 0 && Tail.FirstIndex <= Written && Tail.FirstStamp <= horizon)
            budget.Change(-Tail.RemoveFirst());
    }

    /// <summary>Entries whose segments were deleted are not served from memory either.</summary>
    public void DropBelowFirst()
    {
        while (Tail.Count > 0 && Tail.FirstIndex < FirstIndex)
            budget.Change(-Tail.RemoveFirst());
    }

    /// <summary>What compaction took away is not served from memory either.</summary>
    public void DropCleaned()
    {
        while (Tail.Count > 0 && Tail.FirstIndex <= Cleaned)
            budget.Change(-Tail.RemoveFirst());
    }

    /// <summary>Lets go of all entries, written or not: the log is being closed.</summary>
    public void ClearTail()
    {
        while (Tail.Count > 0)
            budget.Change(-Tail.RemoveLast());
    }

    public Term? TermOf(LogIndex index)
    {
        if (index > LastIndex || index < FirstIndex - 1)
            return null;
        return index < FirstIndex ? Epochs.Before : Epochs.TermOf(index);
    }

    /// <summary>The last entry from one on that surely fits, by the points of the sparse index around.</summary>
    public LogIndex LastIndexInFiles(LogIndex from, LogIndex last, long maxBytes, out long bytes)
    {
        bytes = 0;
        if (SegmentOf(from) is not { } segment)
            return from;
        if (segment.Index is not { Count: > 0 } index || index.FloorByIndex(from) is not (>= 0 and var floor))
        {
            bytes = (segment.Length - segment.Header.Size) / Math.Max(1, segment.LastIndex - segment.FirstIndex + 1);
            return from;
        }

        last = LogIndex.Min(last, LogIndex.Min(segment.LastIndex, Written));
        long start = index[floor].Position;
        int end = Math.Max(index.FloorByPosition(start + maxBytes), floor + 1);
        bool isWhole = end >= index.Count || segment.Length <= start + maxBytes;
        bytes = (isWhole ? segment.Length : index[end].Position) - start;
        if (isWhole && bytes > maxBytes)
            return from;
        return LogIndex.Max(from, LogIndex.Min(last, isWhole ? last : index[end].Index - 1));
    }

    public Segment? SegmentOf(LogIndex index)
    {
        int at = LastWhere(static (segment, key) => segment.FirstIndex.Value <= key, index.Value);
        return at >= 0 ? Segments[at] : null;
    }

    public Segment? SegmentOf(Offset offset)
    {
        int at = LastWhere(static (segment, key) => segment.FirstOffset.Value <= key, offset.Value);
        return at >= 0 ? Segments[at] : null;
    }

    private int LastWhere(Func<Segment, long, bool> holds, long key)
    {
        int low = -1, high = Segments.Length - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (holds(Segments[middle], key))
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
