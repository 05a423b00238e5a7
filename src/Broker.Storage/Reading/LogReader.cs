using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Reads a log from any thread: from the tail in memory where it is there, otherwise from the files with one read into
/// one pooled buffer. Every frame from a file is verified. A read that meets a truncation or deletion on its way finds
/// frames that do not follow on, looks again, and so returns what is right then, or says that it is gone.
/// </summary>
internal sealed class LogReader(LogFiles files, LogState state, Action<LogDamage> damaged)
{
    /// <summary>A read from files takes at least this much, unless the segment ends before.</summary>
    private const int SmallestPiece = 4 << 10;

    private const int LargestPiece = 16 << 20;

    public ReadOutcome Read(ReadRequest request, LogSlices into)
    {
        into.Clear();
        while (true)
        {
            Plan plan;
            lock (state.Gate)
            {
                if (Refuse(request, into) is { } refusal)
                    return refusal;
                if (request.IsDone(into, state) || TryTakeFromTail(request, into))
                    return ReadOutcome.Ok;
                if (request.MemoryOnly)
                    return ReadOutcome.NotInMemory;
                plan = PlanPiece(request, into);
            }

            if (plan.Segment.Index is null)
                files.LoadIndex(plan.Segment);
            else if (plan.End <= plan.Start.Position)
                return ReadOutcome.Ok;
            else if (!TryReadPiece(request, into, plan, out string problem) && IsDamage(plan))
                return Report(request, into, plan, problem);
        }
    }

    private ReadOutcome? Refuse(ReadRequest request, LogSlices into)
    {
        if (request.Truncations is { } seen && seen != state.Truncations)
        {
            into.Clear();
            return ReadOutcome.Truncated;
        }

        bool isBelow = request.IsByOffset
            ? request.NextOffset < Offset.Max(state.LogStartOffset, state.FirstOffset)
            : request.NextIndex < state.FirstIndex || (!request.TakesCleaned && request.NextIndex <= state.Cleaned);
        bool isAbove = request.IsByOffset
            ? request.NextOffset > state.NextOffset
            : request.NextIndex > state.LastIndex + 1;
        if (into.Entries > 0)
            return isBelow || isAbove ? ReadOutcome.Ok : null;
        return isBelow ? ReadOutcome.BelowStart : isAbove ? ReadOutcome.AboveEnd : null;
    }

    private bool TryTakeFromTail(ReadRequest request, LogSlices into)
    {
        LogTail tail = state.Tail;
        int at = request.PlaceIn(tail);
        if (at < 0)
            return false;
        while (at < tail.Count && request.TryTake(tail[at], into))
            at++;
        return true;
    }

    /// <summary>Which bytes of which file to read next. No bytes if nothing more fits.</summary>
    private Plan PlanPiece(ReadRequest request, LogSlices into)
    {
        Segment segment = (request.IsByOffset
            ? state.SegmentOf(request.NextOffset)
            : state.SegmentOf(request.NextIndex))!;
        if (segment.Index is not { } index)
            return new Plan(segment, default, 0, default, state.Truncations);
        IndexRecord start = StartIn(request, segment, index);
        long left = request.MaxBytes - into.Bytes;
        long want = start.Position + Math.Max(left + EntryFrame.HeaderSize, SmallestPiece);
        long end = segment.Length;
        if (want < end)
        {
            // To the last known beginning of a frame that fits, or else to the first one behind the start.
            int floor = index.FloorByPosition(want);
            if (index[floor].Position <= start.Position)
                floor++;
            end = floor < index.Count ? index[floor].Position : end;
        }

        if (into.Entries > 0 && end - start.Position > left + SegmentIndex.Spacing)
            end = start.Position;
        return new Plan(segment, start, end, state.Written, state.Truncations);
    }

    /// <summary>
    /// The nearest known frame at or before what is wanted: where a read ended, or a point of the index.
    /// </summary>
    private IndexRecord StartIn(ReadRequest request, Segment segment, SegmentIndex index)
    {
        int floor =
            request.IsByOffset ? index.FloorByOffset(request.NextOffset) : index.FloorByIndex(request.NextIndex);
        IndexRecord start = floor >= 0 ? index[floor] : segment.Beginning;
        IndexRecord? hint = request.IsByOffset
            ? state.Hints.Find(segment, request.NextOffset)
            : state.Hints.Find(segment, request.NextIndex);
        return hint is { } known && known.Position > start.Position ? known : start;
    }

    /// <summary>Reads and verifies a piece. False if a frame in it is not what it should be.</summary>
    private bool TryReadPiece(ReadRequest request, LogSlices into, in Plan plan, out string problem)
    {
        try
        {
            using FileLease lease = files.Lease(plan.Segment.Path);
            int piece = (int)Math.Min(plan.End - plan.Start.Position, LargestPiece);
            using var cursor = new FrameCursor(lease.File, plan.Start, plan.End, piece);
            bool more = true;
            while (more && cursor.NextIndex <= plan.Written && cursor.TryStep())
                more = request.IsBefore(cursor.Entry) || request.TryTake(cursor.Entry, into);
            problem = cursor.Problem;
            if (more && problem.Length == 0)
                Remember(plan, cursor.Here);
            return problem.Length == 0;
        }
        catch (StorageException error)
        {
            problem = error.Message;
            return false;
        }
    }

    private void Remember(in Plan plan, in IndexRecord end)
    {
        lock (state.Gate)
        {
            if (state.Truncations == plan.Truncations)
                state.Hints.Add(plan.Segment, end);
        }
    }

    /// <summary>
    /// Not if the file was cut, written anew or deleted under the read: then the read just begins again.
    /// </summary>
    private bool IsDamage(in Plan plan)
    {
        lock (state.Gate)
            return state.Truncations == plan.Truncations && state.Segments.Contains(plan.Segment);
    }

    private ReadOutcome Report(ReadRequest request, LogSlices into, in Plan plan, string problem)
    {
        LogIndex at = request.IsByOffset ? LogIndex.Max(into.LastIndex + 1, plan.Start.Index) : request.NextIndex;
        damaged(new LogDamage(at, plan.Segment.Path, plan.Start.Position, problem));
        return into.Entries > 0 ? ReadOutcome.Ok : ReadOutcome.Damaged;
    }

    /// <param name="Written">Frames beyond this index do not count: they may have been truncated.</param>
    private readonly record struct Plan(
        Segment Segment, IndexRecord Start, long End, LogIndex Written, int Truncations);
}
