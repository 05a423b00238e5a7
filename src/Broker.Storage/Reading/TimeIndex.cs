using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Searches a log by time. It knows batches, not records: who asks opens the batch that it finds. Reads files, from any
/// thread.
/// </summary>
internal sealed class TimeIndex(LogFiles files, LogState state, Action<LogDamage> damaged)
{
    /// <summary>The first batch between an offset and a limit with a record at or after a time.</summary>
    public TimestampHit? FindFirst(long timestamp, Offset from, Offset limit)
    {
        while (true)
        {
            (Segment[] segments, Offset start, LogIndex written, int truncations) = Snapshot();
            start = Offset.Max(start, from);
            LogDamage? damage = FindInFiles(
                segments, new Search(timestamp, start, limit, written), out TimestampHit? hit);
            if (damage is not null)
            {
                if (HasChanged(segments, truncations))
                    continue;
                damaged(damage);
            }

            return hit ?? FindInTail(timestamp, start, limit);
        }
    }

    /// <summary>The first of the batches below a limit that hold the highest timestamp.</summary>
    public TimestampHit? FindHighest(Offset limit)
    {
        (Segment[] segments, Offset start, LogIndex written, _) = Snapshot();
        long highest = -1;
        foreach (Segment segment in segments)
        {
            if (segment.NextOffset <= start || segment.FirstOffset >= limit)
                continue;
            bool isWhole = segment.FirstOffset >= start && segment.NextOffset <= limit && segment.LastIndex <= written;
            highest = Math.Max(
                highest, isWhole ? segment.MaxTimestamp : HighestIn(segment, new Search(-1, start, limit, written)));
        }

        lock (state.Gate)
        {
            LogTail tail = state.Tail;
            for (int at = tail.Count - 1; at >= 0 && tail[at].Index > written; at--)
            {
                if (tail[at].NextOffset <= limit)
                    highest = Math.Max(highest, tail[at].MaxTimestamp);
            }
        }

        return highest < 0 ? null : FindFirst(highest, Offset.Zero, limit);
    }

    private (Segment[] Segments, Offset Start, LogIndex Written, int Truncations) Snapshot()
    {
        lock (state.Gate)
        {
            Offset start = Offset.Max(state.LogStartOffset, state.FirstOffset);
            return (state.Segments, start, state.Written, state.Truncations);
        }
    }

    private bool HasChanged(Segment[] segments, int truncations)
    {
        lock (state.Gate)
            return state.Truncations != truncations || !Array.TrueForAll(segments, state.Segments.Contains);
    }

    private LogDamage? FindInFiles(Segment[] segments, in Search search, out TimestampHit? hit)
    {
        hit = null;
        foreach (Segment segment in segments)
        {
            if (segment.MaxTimestamp < search.Timestamp || segment.NextOffset <= search.Start)
                continue;
            if (segment.FirstOffset >= search.Limit)
                break;
            if (FindIn(segment, search, out hit) is { } damage)
                return damage;
            if (hit is not null)
                break;
        }

        return null;
    }

    /// <summary>What kept it from looking further: damage, or a change of the files under the search.</summary>
    private LogDamage? FindIn(Segment segment, in Search search, out TimestampHit? hit)
    {
        hit = null;
        IndexRecord start;
        SegmentIndex index = segment.Index ?? files.LoadIndex(segment);
        long end;
        lock (state.Gate)
        {
            int floor = Math.Max(index.FloorByTimestamp(search.Timestamp), index.FloorByOffset(search.Start));
            start = floor >= 0 ? index[floor] : segment.Beginning;
            end = segment.Length;
        }

        try
        {
            using FileLease lease = files.Lease(segment.Path);
            using var cursor = new FrameCursor(lease.File, start, end, FrameCursor.ShortPiece);
            while (cursor.NextIndex <= search.Written && cursor.NextOffset < search.Limit && cursor.TryStep())
            {
                LogEntry entry = cursor.Entry;
                if (entry.MaxTimestamp >= search.Timestamp && entry.NextOffset > search.Start
                    && entry.NextOffset <= search.Limit)
                {
                    hit = new TimestampHit(entry.Offset, entry.NextOffset, entry.MaxTimestamp);
                    return null;
                }
            }

            return cursor.Problem.Length == 0
                ? null
                : new LogDamage(cursor.NextIndex, segment.Path, cursor.Position, cursor.Problem);
        }
        catch (StorageException error)
        {
            return new LogDamage(start.Index, segment.Path, start.Position, error.Message);
        }
    }

    private TimestampHit? FindInTail(long timestamp, Offset start, Offset limit)
    {
        lock (state.Gate)
        {
            LogTail tail = state.Tail;
            for (int at = 0; at < tail.Count && tail[at].NextOffset <= limit; at++)
            {
                LogEntry entry = tail[at];
                if (entry.Kind is EntryKind.Data && entry.MaxTimestamp >= timestamp && entry.NextOffset > start)
                    return new TimestampHit(entry.Offset, entry.NextOffset, entry.MaxTimestamp);
            }

            return null;
        }
    }

    /// <summary>
    /// Of a segment that lies in the range in part. Where it begins in the range, the index knows the highest up to
    /// near its end; otherwise it is walked from where the range begins.
    /// </summary>
    private long HighestIn(Segment segment, in Search search)
    {
        IndexRecord start;
        SegmentIndex index = segment.Index ?? files.LoadIndex(segment);
        long end;
        bool beginsInRange = segment.FirstOffset >= search.Start;
        lock (state.Gate)
        {
            int floor = index.FloorByOffset(beginsInRange ? search.Limit - 1 : search.Start);
            start = floor >= 0 ? index[floor] : segment.Beginning;
            end = segment.Length;
        }

        if (start.Index > search.Written)
            start = segment.Beginning;
        long highest = beginsInRange ? start.MaxTimestampBefore : -1;
        try
        {
            using FileLease lease = files.Lease(segment.Path);
            using var cursor = new FrameCursor(lease.File, start, end, FrameCursor.ShortPiece);
            while (cursor.NextIndex <= search.Written && cursor.NextOffset < search.Limit && cursor.TryStep())
            {
                if (cursor.Entry.NextOffset > search.Start && cursor.Entry.NextOffset <= search.Limit)
                    highest = Math.Max(highest, cursor.Entry.MaxTimestamp);
            }
        }
        catch (StorageException)
        {
            // Deleted under the search: what is gone does not count.
        }

        return highest;
    }

    private readonly record struct Search(long Timestamp, Offset Start, Offset Limit, LogIndex Written);
}
