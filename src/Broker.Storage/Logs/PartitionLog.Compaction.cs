using Broker.Model;

namespace Broker.Storage;

/// <content>
/// Compaction, see <see cref="LogCompaction"/>. It touches closed segments only, that are flushed and whose entries a
/// durable checkpoint covers: so a restart never has to apply what is not there any more.
/// </content>
public sealed partial class PartitionLog
{
    /// <summary>Any thread. What a pass could do.</summary>
    /// <param name="notAbove">
    /// The clean point: committed, on all replicas that could need it by appends, and in no open transaction.
    /// </param>
    /// <param name="olderThan">Only segments all of whose records are older (Unix milliseconds).</param>
    public CompactionNeed NeedOfCompaction(LogIndex notAbove, long olderThan)
    {
        lock (_state.Gate)
        {
            LogIndex mapped = MappedTo();
            long clean = 0, dirty = 0;
            LogIndex upTo = LogIndex.Zero;
            foreach (Segment segment in Compactable(notAbove, olderThan))
            {
                upTo = segment.LastIndex;
                if (segment.LastIndex <= mapped)
                    clean += segment.Length;
                else
                    dirty += segment.Length;
            }

            return new CompactionNeed(upTo, clean, dirty);
        }
    }

    /// <summary>
    /// Any thread. Begins a pass over what <see cref="NeedOfCompaction"/> counts; null if nothing is dirty.
    /// </summary>
    public LogCompaction? BeginCompaction(ICompactionPolicy policy, LogIndex notAbove, long olderThan)
    {
        lock (_state.Gate)
        {
            Segment[] segments = [.. Compactable(notAbove, olderThan)];
            LogIndex mapped = MappedTo();
            if (segments.Length == 0 || segments[^1].LastIndex <= mapped)
                return null;
            LogIndex from = LogIndex.Max(mapped + 1, _state.FirstIndex);
            return new LogCompaction(
                _files, _state, OnDamage, policy, segments, from, _writer.Options.SegmentBytes);
        }
    }

    /// <summary>
    /// DISK. Lets a cleaned file take the place of its sources, durably on return. False: they are not there any more,
    /// or not as they were, and the file is discarded.
    /// </summary>
    public bool Adopt(CompactedSegment ready)
    {
        bool isWanted;
        lock (_state.Gate)
            isWanted = PlaceOf(ready) >= 0;
        if (!isWanted)
        {
            _files.TryDeleteUnfinished(ready);
            return false;
        }

        _files.Finish(ready);
        lock (_state.Gate)
        {
            int at = PlaceOf(ready);
            Segment[] segments = _state.Segments;
            _state.Segments = [.. segments[..at], ready.Segment, .. segments[(at + ready.Sources.Count)..]];
            _state.NoteCleaned();
            _state.DropCleaned();
        }

        _files.DeleteFromFront(ready.Sources);
        _files.TryRewriteIndex(ready.Segment, ready.Segment.Index!);
        return true;
    }

    /// <summary>Under the gate.</summary>
    private IEnumerable<Segment> Compactable(LogIndex notAbove, long olderThan)
    {
        if (_state.IsClosed || _state.Damage is not null || _state.PendingCut is not null)
            yield break;

        // Something behind them is flushed: the next segment is there for good, and none of them can be the last.
        notAbove = LogIndex.Min(notAbove, LogIndex.Min(_state.Flushed - 1, CoveredIndex));
        Segment[] segments = _state.Segments;
        for (int i = 0; i < segments.Length - 1 && segments[i].LastIndex <= notAbove; i++)
        {
            if (segments[i].NewestTime > olderThan)
                yield break;
            yield return segments[i];
        }
    }

    /// <summary>
    /// Under the gate. Up to where the last pass that ended has mapped: the segment that it ended in says so. One that
    /// did not end wrote the same into segments before that, in which the place does not lie.
    /// </summary>
    private LogIndex MappedTo()
    {
        LogIndex mapped = LogIndex.Zero;
        foreach (Segment segment in _state.Segments)
        {
            if (segment.Header.Cleaned is { } range && range.CleanTo <= range.LastIndex)
                mapped = LogIndex.Max(mapped, range.CleanTo);
        }

        return mapped;
    }

    /// <summary>Under the gate. Where its sources stand, or −1 if it can't stand for them any more.</summary>
    private int PlaceOf(CompactedSegment ready)
    {
        Segment[] segments = _state.Segments;
        int at = Array.IndexOf(segments, ready.Sources[0]);
        bool isThere = at >= 0 && at + ready.Sources.Count < segments.Length
            && _state is { IsClosed: false, PendingCut: null, Damage: null }
            && ready.Segment.LastIndex <= _state.Flushed;
        for (int i = 0; isThere && i < ready.Sources.Count; i++)
            isThere = segments[at + i] == ready.Sources[i];
        return isThere ? at : -1;
    }
}
