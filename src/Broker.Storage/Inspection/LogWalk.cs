using Broker.Model;

namespace Broker.Storage.Inspection;

/// <summary>
/// Walks all entries of a replica's files in order, without changing anything, and collects what is wrong with them. A
/// damaged segment ends at the damage; the walk goes on with the next one.
/// </summary>
internal sealed class LogWalk : IDisposable
{
    private readonly IFileSystem _files;
    private readonly ReplicaDirectory _replica;
    private readonly List<string> _names;
    private readonly List<LogProblem> _problems = [];
    private int _next;
    private Segment? _segment;
    private SegmentIndex? _index;
    private IFile? _file;
    private FrameCursor? _cursor;

    public LogWalk(IFileSystem files, ReplicaDirectory replica)
    {
        _files = files;
        _replica = replica;
        List<(string Name, SegmentHeader? Header)> headers = [.. files.ListFiles(replica.Path)
            .Where(name => Segment.TryParseName(name, out _))
            .Select(name => (name, ReadHeader(name)))];
        HashSet<string> superseded = SupersededSegments.Among(headers);
        headers.RemoveAll(one => superseded.Contains(one.Name));
        _names = [.. headers.Select(one => one.Name)];
        CleanedIndex = new LogIndex(headers.Max(one => one.Header?.Cleaned?.LastCleaned.Value) ?? 0);
    }

    public IReadOnlyList<LogProblem> Problems => _problems;

    public int Segments => _names.Count;

    public long Bytes { get; private set; }

    /// <summary>Up to here the log was compacted: other replicas may have left more or less of it.</summary>
    public LogIndex CleanedIndex { get; }

    public LogIndex FirstIndex { get; private set; } = new(1);

    public LogIndex LastIndex { get; private set; }

    public Term LastTerm { get; private set; }

    public Offset NextOffset { get; private set; }

    public LogEntry Entry => _cursor!.Entry;

    public long Position => _cursor!.EntryPosition;

    public string File => _names[_next - 1];

    public bool TryStep()
    {
        while (true)
        {
            if (_cursor is not null && _cursor.TryStep())
            {
                CheckPoint();
                LastIndex = Entry.LastIndex;
                LastTerm = Entry.Term;
                NextOffset = Entry.NextOffset;
                return true;
            }

            if (_cursor is not null)
                Leave();
            if (_next == _names.Count)
                return false;
            Enter(_names[_next++]);
        }
    }

    public void Dispose()
    {
        _cursor?.Dispose();
        _file?.Dispose();
    }

    private SegmentHeader? ReadHeader(string name)
    {
        using IFile file = _files.Open(Path.Combine(_replica.Path, name), FileMode.Open);
        return SegmentHeader.Read(file, out _);
    }

    private void Enter(string name)
    {
        _file = _files.Open(Path.Combine(_replica.Path, name), FileMode.Open);
        Bytes += _file.Length;
        SegmentHeader? header = SegmentHeader.Read(_file, out string problem);
        if (header is null)
        {
            Segment.TryParseName(name, out LogIndex index);
            bool isBeingBegun = _next == _names.Count && index > _replica.Known.Mark;
            Add(!isBeingBegun, 0, index, problem);
            _file.Dispose();
            return;
        }

        CheckHeader(header, name);
        _segment = new Segment(_replica.Path, header);
        _index = ReadIndex(_file.Length);
        _cursor = new FrameCursor(_file, _segment.Beginning, _file.Length);
    }

    private SegmentIndex? ReadIndex(long length)
    {
        if (!_files.FileExists(_segment!.IndexPath))
            return null;
        using IFile file = _files.Open(_segment.IndexPath, FileMode.Open);
        return SegmentIndexFile.Read(file, _segment, length);
    }

    private void CheckHeader(SegmentHeader header, string name)
    {
        Segment.TryParseName(name, out LogIndex named);
        if (header.FirstIndex != named)
            Add(true, 0, named, $"the header says that it begins with entry {header.FirstIndex}");
        if (_next == 1)
        {
            FirstIndex = header.FirstIndex;
            LastIndex = header.FirstIndex - 1;
            LastTerm = header.PreviousTerm;
        }
        else if (header.FirstIndex != LastIndex + 1)
        {
            Add(true, 0, LastIndex + 1, $"the segment before ends with entry {LastIndex}");
        }
        else if (header.FirstOffset != NextOffset)
        {
            Add(true, 0, named, $"it begins at offset {header.FirstOffset}, the segment before ends at {NextOffset}");
        }
        else if (header.PreviousTerm != LastTerm)
        {
            Add(true, 0, named, $"it follows on term {header.PreviousTerm}, the segment before ends with {LastTerm}");
        }

        LastIndex = header.FirstIndex - 1;
        NextOffset = header.FirstOffset;
    }

    private void Leave()
    {
        if (_cursor!.Problem.Length > 0)
        {
            bool isTorn = _next == _names.Count && _cursor.NextIndex > _replica.Known.Mark;
            Add(!isTorn, _cursor.Position, _cursor.NextIndex, _cursor.Problem + (isTorn ? ": a torn tail" : ""));
        }
        else if (_segment!.Header.Cleaned is { } cleaned && cleaned.LastIndex != LastIndex)
        {
            Add(true, _cursor.Position, LastIndex + 1, $"the header says that it ends with entry {cleaned.LastIndex}");
        }
        else if (_next == _names.Count && LastIndex < _replica.Known.Mark)
        {
            Add(true, _cursor.Position, LastIndex + 1, $"the log ends, though {_replica.Known.Mark} was flushed");
        }

        _cursor.Dispose();
        _file!.Dispose();
        _cursor = null;
    }

    /// <summary>A point of the sparse index has to say what stands there.</summary>
    private void CheckPoint()
    {
        if (_index is null)
            return;
        int at = _index.FloorByIndex(Entry.Index);
        if (at < 0 || _index[at].Index != Entry.Index)
            return;
        IndexRecord point = _index[at];
        if (point.Position != Position || point.Offset != Entry.Offset || point.Term != Entry.Term
            || point.MaxTimestampBefore != _cursor!.EntryMaxTimestampBefore)
        {
            Add(true, Position, Entry.Index, "the sparse index says something else of this entry");
        }
    }

    private void Add(bool isError, long position, LogIndex index, string what) =>
        _problems.Add(new LogProblem(isError, Path.Combine(_replica.Path, File), position, index.Value, what));
}
