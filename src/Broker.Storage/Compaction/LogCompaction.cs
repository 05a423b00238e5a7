using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// One pass over a log: maps what is new to compaction, then writes anew what lies up to there, the oldest segments
/// first. It goes by steps of about a megabyte, so that whoever drives it sets the pace. One caller at a time, beside
/// everybody else; what it reads and writes, it has handles of its own for. A failure ends it, and leaves a log in
/// which some segments are cleaned further than others: the next pass begins over.
/// </summary>
public sealed class LogCompaction : IDisposable
{
    private const long StepBytes = 1 << 20;

    private readonly LogFiles _files;
    private readonly LogState _state;
    private readonly Action<LogDamage> _damaged;
    private readonly ICompactionPolicy _policy;
    private readonly Segment[] _segments;
    private readonly LogIndex _from;
    private readonly long _segmentBytes;
    private readonly IEnumerator<CompactionStep> _steps;
    private CompactedSegment? _ready;
    private LogIndex _lastData;

    /// <param name="segments">All closed segments that may be touched, from the log's beginning on.</param>
    /// <param name="from">The first entry that no pass has mapped.</param>
    internal LogCompaction(
        LogFiles files, LogState state, Action<LogDamage> damaged, ICompactionPolicy policy, Segment[] segments,
        LogIndex from, long segmentBytes)
    {
        _files = files;
        _state = state;
        _damaged = damaged;
        _policy = policy;
        _segments = segments;
        _from = from;
        _segmentBytes = segmentBytes;
        MappedTo = from - 1;
        _steps = Run().GetEnumerator();
    }

    /// <summary>Up to here the policy knows the keys.</summary>
    public LogIndex MappedTo { get; private set; }

    /// <summary>Not even one entry's keys fitted: the policy needs more room, or this log is never compacted.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>False: the pass is over. What was ready before must have been adopted.</summary>
    /// <exception cref="StorageException">
    /// The disk refused, or what was read is damaged: the log knows of it then.
    /// </exception>
    public bool TryStep(out CompactionStep step)
    {
        if (_ready is { } left && _state.Segments.Contains(left.Sources[0]))
            throw new InvalidOperationException($"{left.Segment.Path} was not adopted");
        bool hasMore = _steps.MoveNext();
        step = hasMore ? _steps.Current : default;
        _ready = step.Ready;
        return hasMore;
    }

    public void Dispose() => _steps.Dispose();

    private IEnumerable<CompactionStep> Run()
    {
        foreach (CompactionStep step in Map())
            yield return step;
        IsStuck = MappedTo < _from;
        if (IsStuck)
            yield break;
        for (int at = 0; at < _segments.Length && _segments[at].FirstIndex <= MappedTo;)
        {
            Segment[] group = GroupFrom(at);
            at += group.Length;
            foreach (CompactionStep step in Rewrite(group))
                yield return step;
        }
    }

    private IEnumerable<CompactionStep> Map()
    {
        foreach (Segment segment in _segments)
        {
            if (segment.LastIndex < _from)
                continue;
            using IFile file = Open(segment);
            using var cursor = new FrameCursor(file, segment.Beginning, segment.Length);
            long counted = cursor.Position;
            while (TryStep(cursor, segment))
            {
                if (cursor.Entry.LastIndex >= _from && !TryMap(cursor.Entry))
                    yield break;
                if (cursor.Position - counted >= StepBytes)
                {
                    yield return new CompactionStep(cursor.Position - counted, 0, null);
                    counted = cursor.Position;
                }
            }

            yield return new CompactionStep(cursor.Position - counted, 0, null);
        }
    }

    private bool TryMap(in LogEntry entry)
    {
        if (entry.Kind is EntryKind.Data)
        {
            if (!_policy.TryMap(entry))
                return false;
            _lastData = entry.Index;
        }

        MappedTo = entry.LastIndex;
        return true;
    }

    private Segment[] GroupFrom(int first)
    {
        long bytes = _segments[first].Length;
        int end = first + 1;
        while (end < _segments.Length && _segments[end].FirstIndex <= MappedTo
            && bytes + _segments[end].Length <= _segmentBytes)
        {
            bytes += _segments[end++].Length;
        }

        return _segments[first..end];
    }

    private IEnumerable<CompactionStep> Rewrite(Segment[] group)
    {
        using var into = new SegmentRewriter(_files, group, MappedTo);
        long read = 0, wasWritten = 0;
        foreach (Segment source in group)
        {
            using IFile file = Open(source);
            using var cursor = new FrameCursor(file, source.Beginning, source.Length);
            long counted = cursor.Position;
            while (TryStep(cursor, source))
            {
                Take(cursor.Entry, into);
                if (cursor.Position - counted >= StepBytes)
                {
                    yield return new CompactionStep(cursor.Position - counted, into.Written - wasWritten, null);
                    (counted, wasWritten) = (cursor.Position, into.Written);
                }
            }

            read += cursor.Position - counted;
            file.DropCacheBehind(0, source.Length);
        }

        CompactedSegment ready = into.Finish();
        yield return new CompactionStep(read, into.Written - wasWritten, ready);
    }

    private void Take(in LogEntry entry, SegmentRewriter into)
    {
        bool stays = entry.Kind is EntryKind.Configuration or EntryKind.LogStart or EntryKind.Checkpoint;
        if (entry.Kind is not EntryKind.Hole && (stays || entry.Index > MappedTo))
        {
            into.Keep(entry);
            return;
        }

        CompactionVerdict verdict = entry.Kind is EntryKind.Data
            ? _policy.Clean(entry, isLast: entry.Index == _lastData)
            : CompactionVerdict.Drop;
        if (verdict.Payload is { } payload)
            into.Replace(entry, payload, verdict.MaxTimestamp);
        else if (verdict.Keeps)
            into.Keep(entry);
        else
            into.Skip(entry);
    }

    private IFile Open(Segment segment)
    {
        if (_files.OpenApart(segment.Path) is { } file)
            return file;
        return Fail<IFile>(segment, new LogDamage(segment.FirstIndex, segment.Path, 0, "the file is missing"));
    }

    private bool TryStep(FrameCursor cursor, Segment segment)
    {
        if (cursor.TryStep())
            return true;
        if (cursor.Problem.Length == 0 && cursor.NextIndex > segment.LastIndex)
            return false;
        string what = cursor.Problem.Length > 0 ? cursor.Problem : $"the file ends before entry {cursor.NextIndex}";
        return Fail<bool>(segment, new LogDamage(cursor.NextIndex, segment.Path, cursor.Position, what));
    }

    /// <summary>Deleted meanwhile, it is no damage, but the pass ends all the same.</summary>
    private T Fail<T>(Segment segment, LogDamage damage)
    {
        bool isGenuine;
        lock (_state.Gate)
            isGenuine = !_state.IsClosed && _state.Segments.Contains(segment);
        if (isGenuine)
            _damaged(damage);
        throw isGenuine
            ? new LogDamagedException(damage)
            : new StorageException($"{segment.Path} was deleted while it was compacted");
    }
}
