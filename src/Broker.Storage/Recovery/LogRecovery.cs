using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Opens what is on disk. Segments but the last are believed by what their successor's header says of them; the last is
/// walked from the last point that is known to be durable. What is missing at or below the highest mark was promised
/// and is damage; what is missing beyond it is a torn tail, and is cut off.
/// </summary>
internal sealed class LogRecovery
{
    private const int RewrittenAtOnce = 1 << 20;

    private readonly LogResources _resources;
    private readonly LogFiles _files;
    private readonly LogState _state;
    private readonly PartitionId _group;
    private readonly uint _writer;
    private readonly GroupState _known;
    private readonly SegmentChain _chain;
    private readonly DamagedFiles _damaged;
    private long _scannedEntries;
    private long _scannedBytes;
    private long _tornBytes;
    private LogIndex _mark;
    private int _pointsInFile;

    public LogRecovery(
        LogResources resources, LogFiles files, LogState state, PartitionId group, Incarnation incarnation)
    {
        _resources = resources;
        _files = files;
        _state = state;
        _group = group;
        _writer = WriterMark.TagOf(incarnation);
        _known = resources.Journal.Get(group);
        _mark = _known.Mark;
        _damaged = new DamagedFiles(resources.FileSystem, resources.OpenFiles, files.Directory);
        _chain = new SegmentChain(resources, files.Directory, group, incarnation);
    }

    public RecoveryReport Run()
    {
        List<Segment> segments = _chain.Read(
            _known.LogStartIndex, out string? broken, out IReadOnlyList<string> beyond);
        DropLeftovers();
        LogDamage? damage = CheckSuspect(segments, ref broken);
        foreach (string name in beyond)
            _damaged.Move(name);
        Begin(segments);
        if (segments.Count > 0)
            damage ??= ScanLast(segments[^1], broken);
        else if (broken is not null)
            damage = new LogDamage(_state.FirstIndex, _files.Directory, 0, broken);
        damage ??= LossBelowMark(segments);
        Finish(segments);

        // Names of segments and of the checkpoint that were there for the process before, but not for a power cut.
        _files.FlushDirectory();
        if (damage is not null)
            Remember(damage, isNews: segments.Count > 0 || damage.At != _known.DamagedAt);

        return new RecoveryReport
        {
            FirstIndex = _state.FirstIndex,
            LastIndex = _state.LastIndex,
            Segments = segments.Count,
            EntriesScanned = _scannedEntries,
            BytesScanned = _scannedBytes,
            TornBytes = _tornBytes,
            Damage = damage,
            SetAside = _damaged.Names,
        };
    }

    /// <summary>What a compaction left that did not end: what it was writing, or what it had replaced.</summary>
    private void DropLeftovers()
    {
        foreach (string name in _resources.FileSystem.ListFiles(_files.Directory))
        {
            if (name.EndsWith(Segment.LogSuffix + CompactedSegment.Unfinished, StringComparison.Ordinal))
                _files.DeleteByName(name);
        }

        foreach (string name in _chain.Superseded)
            _files.DeleteByName(name);
    }

    private void Remember(LogDamage damage, bool isNews)
    {
        _state.Damage = damage;
        if (!isNews)
            return;
        _resources.Journal.RecordDamage(_group, damage.At);
        _resources.Journal.Flush();
    }

    /// <summary>
    /// A reader has met damage here before: the segment is walked as a whole. If it is damaged indeed, the log ends
    /// before the damage, and what follows is set aside.
    /// </summary>
    private LogDamage? CheckSuspect(List<Segment> segments, ref string? broken)
    {
        LogIndex at = _known.DamagedAt;
        int suspect = segments.FindLastIndex(segment => segment.FirstIndex <= at);
        if (at == LogIndex.Zero || suspect < 0)
            return null;
        Segment segment = segments[suspect];
        using (FileLease lease = _files.Lease(segment.Path))
        {
            long end = suspect < segments.Count - 1 ? segment.Length : lease.File.Length;
            using var cursor = new FrameCursor(lease.File, segment.Beginning, end);
            while (cursor.TryStep())
            {
            }

            if (cursor.Problem.Length == 0 || suspect == segments.Count - 1)
                return null;
            broken = cursor.Problem;
        }

        foreach (Segment later in segments.Skip(suspect + 1))
            _damaged.Move(Path.GetFileName(later.Path));
        segments.RemoveRange(suspect + 1, segments.Count - suspect - 1);
        return null;
    }

    /// <summary>What the log is before its last segment is looked at.</summary>
    private void Begin(List<Segment> segments)
    {
        if (segments.Count == 0)
            return;
        Segment first = segments[0], last = segments[^1];
        _state.FirstIndex = first.FirstIndex;
        _state.FirstOffset = first.FirstOffset;
        _state.Epochs.Reset(first.Header.PreviousTerm, last.Header.Epochs);
        _state.Epochs.TrimFront(first.FirstIndex, first.Header.PreviousTerm);
        _state.LogStartIndex = LogIndex.Max(last.Header.LogStartIndex, first.FirstIndex);
        _state.LogStartOffset = Offset.Max(last.Header.LogStartOffset, first.FirstOffset);
    }

    private LogDamage? ScanLast(Segment last, string? broken)
    {
        using FileLease lease = _files.Lease(last.Path);
        long length = lease.File.Length;
        last.Index = KnownPoints(last, length, trustAll: broken is null);
        IndexRecord start = last.Index.Count > 0 ? last.Index[last.Index.Count - 1] : last.Beginning;
        using var cursor = new FrameCursor(lease.File, start, length);
        if (last.Index.Count > 0)
            last.Index.TruncateFrom(start.Index);
        while (cursor.TryStep())
            Take(last, cursor);
        last.MoveEndTo(cursor.Here);
        _scannedBytes = cursor.Position - start.Position;
        if (cursor.Problem.Length > 0)
            _mark = LogIndex.Max(_mark, MarkSearch.HighestBehind(lease.File, cursor.Here, length, _writer));
        LogIndex lost = last.LastIndex + 1;
        bool wasSuspect = _known.DamagedAt > LogIndex.Zero && cursor.Problem.Length > 0;
        LogDamage? damage = broken is not null || wasSuspect || lost <= _mark
            ? new LogDamage(lost, last.Path, cursor.Position, ReasonOf(broken, cursor.Problem))
            : null;
        if (length > cursor.Position)
            CutTail(last, lease.File, length - cursor.Position, damage);
        bool isRestated = last.RestateEnd();
        Rewrite(last, lease.File, start.Position);
        if (isRestated)
            _pointsInFile = -1;
        return damage;
    }

    /// <summary>
    /// What a process wrote that then died is there, but perhaps in the page cache only; and if it died of a failed
    /// flush, a second flush would succeed and do nothing. So what was not known to be durable is written once more.
    /// </summary>
    private void Rewrite(Segment last, IFile file, long from)
    {
        file.Write(last.Header.ToBytes(), 0);
        SharedBuffer piece = SharedBuffer.Rent((int)Math.Min(RewrittenAtOnce, Math.Max(0, last.Length - from)));
        try
        {
            for (int count; from < last.Length; from += count)
            {
                count = (int)Math.Min(piece.Length, last.Length - from);
                Span<byte> bytes = piece.Span[..count];
                if (file.Read(bytes, from) < count)
                    throw new StorageException($"{last.Path} became shorter while it was recovered");
                file.Write(bytes, from);
            }
        }
        finally
        {
            piece.Release();
        }

        file.FlushWithMetadata();
    }

    private string ReasonOf(string? broken, string problem) =>
        broken ?? (problem.Length > 0 ? problem : $"the file ends, though {_mark} was flushed");

    private void CutTail(Segment last, IFile file, long bytes, LogDamage? damage)
    {
        if (damage is not null)
            _damaged.Copy(Path.GetFileName(last.Path));
        else
            _tornBytes = bytes;
        file.SetLength(last.Length);
        file.FlushWithMetadata();
    }

    /// <summary>
    /// The points of the index that can be trusted: not beyond what was flushed when one of them was made, or when the
    /// journal was last told. The entry behind the last of them is the first to be verified.
    /// </summary>
    private SegmentIndex KnownPoints(Segment last, long length, bool trustAll)
    {
        SegmentIndex index = _files.ReadIndex(last, length);
        _pointsInFile = index.Count;
        for (int i = 0; i < index.Count; i++)
            _mark = LogIndex.Max(_mark, index[i].Mark);
        if (_known.DamagedAt > LogIndex.Zero && _known.DamagedAt >= last.FirstIndex)
            return new SegmentIndex();
        LogIndex durable = trustAll ? _mark : last.FirstIndex;
        int kept = index.FloorByIndex(durable + 1);
        if (kept + 1 < index.Count)
            index.TruncateFrom(index[kept + 1].Index);
        for (int i = 0; i < index.Count; i++)
            _state.Epochs.Append(index[i].Term, index[i].Index, index[i].Offset);
        return index;
    }

    private void Take(Segment last, FrameCursor cursor)
    {
        LogEntry entry = cursor.Entry;
        _scannedEntries++;
        _state.Epochs.Append(entry.Term, entry.Index, entry.Offset);
        if (entry.Mark.Writer == _writer && entry.Mark.Flushed < entry.Index)
            _mark = LogIndex.Max(_mark, entry.Mark.Flushed);
        if (SegmentIndexFile.Wants(last.Index!, cursor.EntryPosition, entry.Term))
            last.Index!.Add(SegmentIndexFile.RecordOf(cursor, _mark));
    }

    private LogDamage? LossBelowMark(List<Segment> segments)
    {
        LogIndex last = segments.Count > 0 ? segments[^1].LastIndex : _state.FirstIndex - 1;
        if (last < _mark)
            return new LogDamage(last + 1, _files.Directory, 0, $"the log ends at {last}, though {_mark} was flushed");
        return _known.DamagedAt == LogIndex.Zero ? null
            : new LogDamage(_known.DamagedAt, _files.Directory, 0, "it was found damaged before, and not filled again");
    }

    private void Finish(List<Segment> segments)
    {
        _state.Segments = [.. segments];
        if (segments.Count > 0)
        {
            Segment last = segments[^1];
            if (last.Index!.Count != _pointsInFile)
                _files.TryRewriteIndex(last, last.Index);
            _state.LastIndex = last.LastIndex;
            _state.NextOffset = last.NextOffset;
        }

        // A header may have told of a log start that the journal has not heard of, and be truncated with its segment.
        if (segments.Count > 0 && segments[^1].Header is var header)
            _resources.Journal.RecordLogStart(_group, header.LogStartIndex, header.LogStartOffset);

        _state.Written = _state.Flushed = _state.LastIndex;
        _state.NoteCleaned();

        // A log that the votes know nothing of, because they were lost: from here on it is known to be there.
        if (_known.Mark == LogIndex.Zero && _state.LastIndex > LogIndex.Zero)
            _resources.Journal.RecordMark(_group, _state.LastIndex);
        _state.LogStartIndex = LogIndex.Max(_state.LogStartIndex, _known.LogStartIndex);
        _state.LogStartOffset = Offset.Max(_state.LogStartOffset, _known.LogStartOffset);
    }
}
