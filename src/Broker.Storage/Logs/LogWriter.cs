using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// The disk loop's side of a log. A round: cut what was truncated, write what waits, then flush (together with other
/// logs), then publish. One round at a time. A segment is begun only when the one before is flushed whole.
/// </summary>
internal sealed class LogWriter
{
    private const int IndexRecordsAtOnce = 16;

    private readonly LogFiles _files;
    private readonly LogState _state;
    private readonly LogMarks _marks;
    private readonly List<LogEntry> _batch = [];
    private readonly WritePieces _pieces = new();
    private readonly List<IndexRecord> _points = [];
    private FileLease? _lease;
    private int _indexWritten;
    private readonly CacheTrim _trim = new();
    private bool _isDirty;
    private bool _isDirectoryDirty;
    private bool _mustCut;

    public LogWriter(LogFiles files, LogState state, LogMarks marks, LogOptions options, DiskReserve reserve)
    {
        Room = new RecordRoom(reserve);
        _files = files;
        _state = state;
        _marks = marks;
        Options = options;
        _indexWritten = state.Active?.Index?.Count ?? 0;
    }

    public LogOptions Options { get; set; }

    public RecordRoom Room { get; }

    public WriteOutcome WritePending()
    {
        LogIndex? cut = Take(out bool hasMore);
        long bytes = 0;
        StorageException? error = null;
        try
        {
            if (cut is { } from)
                CutFrom(from);
            cut = null;
            CutUnfinished();
            bytes = WriteBatch();
        }
        catch (StorageException failure) when (failure is not FlushFailedException)
        {
            error = failure;
            _mustCut = true;
            Room.Failed(failure);
        }
        finally
        {
            foreach (LogEntry entry in _batch)
                entry.Buffer.Release();
            _batch.Clear();
            _pieces.Clear();
            _points.Clear();
        }

        return Finish(cut, bytes, hasMore, error);
    }

    public void CollectDirty(FlushPlanner planner)
    {
        if (_isDirty && _lease is not null)
            planner.Add(_lease.File);
        if (_isDirectoryDirty)
            planner.AddDirectory(_files.Directory);
    }

    public void Flushed(in WriteOutcome outcome)
    {
        _isDirty = false;
        _isDirectoryDirty = false;
        Segment? active;
        LogIndex flushed;
        lock (_state.Gate)
        {
            _state.FlushedUpTo(outcome.LastIndex);
            flushed = _state.Flushed;
            active = _state.Active;
        }

        _marks.RecordIfDue(flushed);
        if (active is not null && _lease is not null)
            _trim.DropTo(active.Length - Options.KeptInPageCache, _lease.File, Options);
        LetGo();
    }

    /// <summary>Closes the segment that is written to, and begins another.</summary>
    public Segment? Roll()
    {
        if (_state.Active is not { IsEmpty: false } active)
            return _state.Active;
        Hold(active).File.Flush();

        // Its name too: one that went missing before a later one would be taken for damage.
        FlushName();
        WriteIndex(active, all: true, flush: true);
        lock (_state.Gate)
            _state.FlushedUpTo(active.LastIndex);
        _marks.Record(active.LastIndex);
        _trim.DropTo(active.Length, _lease!.File, Options);
        return Begin(active);
    }

    /// <summary>Before what stands in front of it goes: or a power cut could leave no segment at all.</summary>
    public void SecureBeginning()
    {
        if (_isDirectoryDirty && _state.Active is { } active)
            Hold(active).File.FlushWithMetadata();
        FlushName();
    }

    /// <summary>Writes, flushes and publishes all that waits. For an orderly end.</summary>
    public void Close()
    {
        if (_state.Active is { } active)
        {
            if (_isDirty || _state.Flushed < _state.Written)
                Hold(active).File.Flush();
            _files.TryAppendIndex(active, _indexWritten, active.Index!.Count);
            FlushName();
            lock (_state.Gate)
                _state.FlushedUpTo(_state.Written);
            _marks.Record(_state.Flushed);
        }

        _isDirty = false;
        LetGo();
    }

    public void LetGo()
    {
        if (_isDirty)
            return;
        _lease?.Dispose();
        _lease = null;
    }

    /// <summary>Lets go of the file though it is not flushed: the log is given up.</summary>
    public void Abandon()
    {
        _isDirty = false;
        LetGo();
    }

    private LogIndex? Take(out bool hasMore)
    {
        lock (_state.Gate)
        {
            LogIndex? cut = _state.PendingCut;
            _state.PendingCut = null;
            _state.Floor = new LogIndex(long.MaxValue);
            LogTail tail = _state.Tail;
            long bytes = 0;
            int at = _state.Written < _state.LastIndex ? tail.PlaceOf(_state.Written + 1) : tail.Count;
            for (; at < tail.Count && (bytes == 0 || bytes + tail[at].Length <= Options.RoundBytes); at++)
            {
                LogEntry entry = tail[at];
                entry.Buffer.Retain();
                _batch.Add(entry);
                bytes += entry.Length;
            }

            hasMore = at < tail.Count;
            if (_batch.Count > 0)
                _state.InFlight = _batch[^1].Index;
            else if (cut is not null)
                _state.InFlight = _state.Written;
            return cut;
        }
    }

    private WriteOutcome Finish(LogIndex? cutLeft, long bytes, bool hasMore, StorageException? error)
    {
        lock (_state.Gate)
        {
            _state.InFlight = LogIndex.Zero;
            if (cutLeft is { } left && (_state.PendingCut is null || left < _state.PendingCut))
                _state.PendingCut = left;
            return new WriteOutcome
            {
                Status = error switch
                {
                    null => WriteStatus.Ok,
                    StorageFullException => WriteStatus.Full,
                    _ => WriteStatus.Failed,
                },
                LastIndex = _state.Written,
                LastTerm = _state.TermOf(_state.Written) ?? Term.Zero,
                Bytes = bytes,
                NeedsFlush = _isDirty || _isDirectoryDirty,
                HasMore = hasMore,
                Error = error,
            };
        }
    }

    private long WriteBatch()
    {
        long bytes = 0;
        int at = 0;
        int count = Room.Count(_batch);
        while (at < count)
        {
            if (SegmentFor(_batch[at]) is not { } segment)
                return bytes;
            IndexRecord end = segment.End;
            while (at < count && Fits(segment, end, _batch[at]))
            {
                end = Place(segment, end, _batch[at]);
                at++;
            }

            _isDirty = true;
            Hold(segment).File.Write(_pieces.Pieces, segment.Length);
            bytes += _pieces.Bytes;
            Publish(segment, end);
            _pieces.Clear();
            WriteIndex(segment, all: false, flush: false);
        }

        return count == _batch.Count ? bytes : throw RecordRoom.Full(_files.Directory);
    }

    private bool Fits(Segment segment, in IndexRecord end, in LogEntry entry) => segment.Header.Cleaned is null
        && (end.Index == segment.FirstIndex || end.Position + entry.Length <= Options.SegmentBytes);

    /// <summary>Where an entry goes; null if the log was truncated below it meanwhile.</summary>
    private Segment? SegmentFor(in LogEntry entry)
    {
        Segment? active = _state.Active;
        if (active is null)
            return Begin(null);
        if (Fits(active, active.End, entry) && (active.IsEmpty || !_files.IsOlder(active, Options.SegmentAge)))
            return active;
        return Roll();
    }

    private IndexRecord Place(Segment segment, in IndexRecord end, in LogEntry entry)
    {
        IndexRecord? last = _points.Count > 0 ? _points[^1]
            : segment.Index!.Count > 0 ? segment.Index[segment.Index.Count - 1] : null;
        if (last is null || end.Position - last.Value.Position >= SegmentIndex.Spacing || last.Value.Term != entry.Term)
        {
            _points.Add(new IndexRecord(
                entry.Index, entry.Offset, entry.Term, end.Position, end.MaxTimestampBefore, _state.Flushed));
        }

        _pieces.Add(entry);
        return new IndexRecord(
            entry.Index + 1, entry.NextOffset, entry.Term, end.Position + entry.Length,
            Math.Max(end.MaxTimestampBefore, entry.MaxTimestamp), LogIndex.Zero);
    }

    private void Publish(Segment segment, in IndexRecord end)
    {
        lock (_state.Gate)
        {
            foreach (IndexRecord point in _points)
                segment.Index!.Add(point);
            segment.MoveEndTo(end);
            _state.Written = LogIndex.Max(_state.Written, LogIndex.Min(segment.LastIndex, _state.Floor - 1));
        }

        _points.Clear();
    }

    private void FlushName()
    {
        if (_isDirectoryDirty)
            _files.FlushDirectory();
        _isDirectoryDirty = false;
    }

    /// <summary>
    /// Begins the segment that follows the last one. Not if the log was truncated since the round began: what memory
    /// knows of terms is then no longer what the files hold, and a header must say the latter.
    /// </summary>
    private Segment? Begin(Segment? last)
    {
        _lease?.Dispose();
        _lease = null;
        _isDirty = false;
        SegmentHeader header;
        lock (_state.Gate)
        {
            if (_state.PendingCut is not null)
                return null;
            header = _files.HeaderBehind(last, _state);
        }

        (Segment segment, FileLease lease) = _files.Create(header);
        _lease = lease;
        _isDirty = true;
        _isDirectoryDirty = true;
        _indexWritten = 0;
        _trim.Restart(0);
        lock (_state.Gate)
            _state.Segments = [.. _state.Segments, segment];
        return segment;
    }

    /// <summary>Makes the files end before an entry, durably: nothing of it may come back.</summary>
    private void CutFrom(LogIndex from)
    {
        _marks.LowerBelow(from);
        int segments = _state.Segments.Length;
        Segment[] kept = [.. _state.Segments.Where((segment, i) => i == 0 || segment.FirstIndex < from)];
        if (kept.Length < segments)
        {
            Segment[] dropped = _state.Segments[kept.Length..];
            lock (_state.Gate)
                _state.Segments = kept;
            _lease?.Dispose();
            _lease = null;
            _files.Delete(dropped);
        }

        if (kept.Length == 0)
            return;
        Segment active = kept[^1];
        SegmentIndex index = active.Index ?? _files.LoadIndex(active);
        if (active.LastIndex < from)
        {
            _indexWritten = kept.Length < segments ? index.Count : _indexWritten;
            return;
        }

        CutActive(active, index, from);
    }

    /// <summary>
    /// The index goes first: a point in it witnesses how far the log was flushed, and must not outlive the entries
    /// that it speaks of.
    /// </summary>
    private void CutActive(Segment active, SegmentIndex index, LogIndex from)
    {
        IFile file = Hold(active).File;
        IndexRecord end = _files.Find(file, active, index, from);
        lock (_state.Gate)
        {
            index.TruncateFrom(from);
            active.Index = index;
            _state.MoveEndTo(active, end);
        }

        _files.RewriteIndex(active, index, flush: true);
        _indexWritten = index.Count;
        LogFiles.CutTo(file, active);
        _trim.Restart(end.Position);
    }

    /// <summary>After a write that failed midway: the bytes beyond the last whole round are taken away.</summary>
    private void CutUnfinished()
    {
        if (_mustCut && _state.Active is { } active && Hold(active).File is var file && file.Length > active.Length)
        {
            file.SetLength(active.Length);
            file.FlushWithMetadata();
        }

        _mustCut = false;
    }

    private FileLease Hold(Segment segment)
    {
        if (_lease?.Path != segment.Path)
        {
            _lease?.Dispose();
            _lease = null;
            _lease = _files.Lease(segment.Path);
        }

        return _lease;
    }

    private void WriteIndex(Segment segment, bool all, bool flush)
    {
        int count = segment.Index!.Count;
        if (count - _indexWritten >= (all ? 1 : IndexRecordsAtOnce))
        {
            _files.AppendIndex(segment, _indexWritten, count);
            _indexWritten = count;
        }

        if (flush)
            _files.FlushIndex(segment);
    }
}
