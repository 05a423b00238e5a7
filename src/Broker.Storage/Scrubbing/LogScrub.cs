using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Reads again what a log has flushed, a piece at a time, to meet damage before somebody needs what is lost: the header
/// of each segment and every frame up to the flushed mark. Any thread, beside everybody else; nothing is kept in
/// memory or open between two steps.
/// </summary>
/// <remarks>
/// The handle is its own, so that a pass over all logs does not close the files that are in use, and flushes nothing.
/// Bytes of closed segments leave the page cache before they are read, or the memory would be checked and not the disk;
/// and afterwards, because nobody else has asked for them.
/// </remarks>
internal sealed class LogScrub(LogFiles files, LogState state, Action<LogDamage> damaged)
{
    public ScrubStep Step(ScrubPlace place, long maxBytes)
    {
        Plan plan;
        lock (state.Gate)
        {
            if (!TryPlan(place, out plan))
            {
                place.IsAtEnd = true;
                return default;
            }
        }

        IndexRecord end = plan.Start;
        LogDamage? damage = Read(plan, maxBytes, ref end);
        if (damage is not null)
            return IsGenuine(plan) ? Report(place, damage, end.Position - plan.Start.Position) : default;
        place.At = end;
        return new ScrubStep(end.Position - plan.Start.Position, null);
    }

    /// <summary>
    /// Goes on behind what was read; at the beginning of the segment if the log was truncated since, and with the next
    /// one if it is gone. What is quarantined is left to its repair.
    /// </summary>
    private bool TryPlan(ScrubPlace place, out Plan plan)
    {
        plan = default;
        if (state.IsClosed || state.Damage is not null)
            return false;
        if (place.Segment is not { } known || !state.Segments.Contains(known))
            Enter(place, FirstFrom(place.Segment?.FirstIndex ?? LogIndex.Zero));
        else if (place.Truncations != state.Truncations)
            Enter(place, known);
        while (place.Segment is { } segment && place.At.Index > segment.LastIndex)
            Enter(place, FirstFrom(segment.FirstIndex + 1));

        if (place.Segment is not { } current || place.At.Index > state.Flushed)
            return false;
        plan = new Plan(
            current, place.At, current.Length, LogIndex.Min(current.LastIndex, state.Flushed),
            IsActive: current == state.Active, state.Truncations);
        return true;
    }

    private Segment? FirstFrom(LogIndex index) =>
        Array.Find(state.Segments, segment => segment.FirstIndex >= index);

    private void Enter(ScrubPlace place, Segment? segment)
    {
        place.Segment = segment;
        place.At = segment?.Beginning ?? default;
        place.Truncations = state.Truncations;
    }

    // A file that can't be opened though it is there says nothing of what is in it: that is no damage, and is thrown.
    private LogDamage? Read(in Plan plan, long maxBytes, ref IndexRecord end)
    {
        using IFile? file = files.OpenApart(plan.Segment.Path);
        if (file is null)
            return new LogDamage(plan.Segment.FirstIndex, plan.Segment.Path, 0, "the file is missing");
        try
        {
            Forget(file, plan, plan.Start.Position + maxBytes);
            if (plan.Start.Position == plan.Segment.Header.Size && HeaderProblem(file, plan.Segment) is { } problem)
                return new LogDamage(plan.Segment.FirstIndex, plan.Segment.Path, 0, problem);
            using var cursor = new FrameCursor(file, plan.Start, plan.End, FrameCursor.ShortPiece);
            while (cursor.NextIndex <= plan.Last && cursor.Position < plan.Start.Position + maxBytes)
            {
                if (!cursor.TryStep())
                    return new LogDamage(cursor.NextIndex, plan.Segment.Path, cursor.Position, WhatIs(cursor));
            }

            end = cursor.Here;
            Forget(file, plan, end.Position);
            return null;
        }
        catch (StorageException error)
        {
            return new LogDamage(end.Index, plan.Segment.Path, end.Position, error.Message);
        }
    }

    private static void Forget(IFile file, in Plan plan, long end)
    {
        if (!plan.IsActive)
            file.DropCacheBehind(plan.Start.Position, Math.Min(end, plan.End));
    }

    private static string WhatIs(FrameCursor cursor) =>
        cursor.Problem.Length > 0 ? cursor.Problem : $"the file ends before entry {cursor.NextIndex}";

    private static string? HeaderProblem(IFile file, Segment segment)
    {
        if (SegmentHeader.Read(file, out string problem) is not { } header)
            return problem;
        return header.Checksum == segment.Header.Checksum ? null : "the header is another segment's";
    }

    /// <summary>
    /// Not if the file was cut, written anew, closed or deleted meanwhile: then the next step looks again.
    /// </summary>
    private bool IsGenuine(in Plan plan)
    {
        lock (state.Gate)
        {
            return !state.IsClosed && state.Truncations == plan.Truncations
                && state.Segments.Contains(plan.Segment);
        }
    }

    private ScrubStep Report(ScrubPlace place, LogDamage damage, long bytes)
    {
        place.IsAtEnd = true;
        damaged(damage);
        return new ScrubStep(bytes, damage);
    }

    /// <param name="End">How long the file is, as far as it is written.</param>
    /// <param name="Last">The last entry that is flushed.</param>
    private readonly record struct Plan(
        Segment Segment, IndexRecord Start, long End, LogIndex Last, bool IsActive, int Truncations);
}
