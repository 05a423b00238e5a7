using Broker.Model;

namespace Broker.Storage;

/// <summary>What is done to the files of one log, without knowing what the log holds in memory.</summary>
internal sealed class LogFiles
{
    private readonly IFileSystem _fileSystem;
    private readonly OpenFiles _open;
    private readonly TimeProvider _time;
    private readonly PartitionId _group;
    private readonly Incarnation _incarnation;
    private readonly Lock _loading = new();

    public LogFiles(LogResources resources, string directory, PartitionId group, Incarnation incarnation)
    {
        _fileSystem = resources.FileSystem;
        _open = resources.OpenFiles;
        _time = resources.Time;
        _group = group;
        _incarnation = incarnation;
        Directory = directory;
    }

    public string Directory { get; }

    public FileLease Lease(string path, FileMode mode = FileMode.Open) => _open.Lease(path, mode);

    /// <summary>
    /// A handle beside the shared ones, to read with: its caller closes it soon. Null if there is no such file.
    /// </summary>
    public IFile? OpenApart(string path) =>
        _fileSystem.FileExists(path) ? _fileSystem.Open(path, FileMode.Open) : null;

    /// <summary>An empty file beside the shared handles, to write with. Its caller closes it.</summary>
    public IFile CreateApart(string path)
    {
        IFile file = _fileSystem.Open(path, FileMode.OpenOrCreate);
        file.SetLength(0);
        return file;
    }

    /// <summary>Gives a cleaned segment, which is flushed, the name by which it counts. Durable on return.</summary>
    public void Finish(CompactedSegment ready)
    {
        _fileSystem.Rename(ready.UnfinishedPath, ready.Segment.Path);
        FlushDirectory();
    }

    /// <summary>What is left of it goes at the next opening.</summary>
    public void TryDeleteUnfinished(CompactedSegment unwanted)
    {
        try
        {
            if (_fileSystem.FileExists(unwanted.UnfinishedPath))
                _fileSystem.DeleteFile(unwanted.UnfinishedPath);
        }
        catch (StorageException error) when (error is not FlushFailedException)
        {
        }
    }

    /// <summary>Makes a file end where the segment does, durably.</summary>
    public static void CutTo(IFile file, Segment segment)
    {
        if (segment.Header.Cleaned is not null)
            file.Write(segment.Header.ToBytes(), 0);
        file.SetLength(segment.Length);
        file.FlushWithMetadata();
    }

    public void FlushDirectory() => _fileSystem.FlushDirectory(Directory);

    public bool IsOlder(Segment segment, TimeSpan age) => Now - segment.Header.CreatedAt > age.TotalMilliseconds;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The header of the segment that follows the last one. Under the log's gate.</summary>
    public SegmentHeader HeaderBehind(Segment? last, LogState state) => new()
    {
        Group = _group,
        Incarnation = _incarnation,
        FirstIndex = last is null ? state.FirstIndex : last.LastIndex + 1,
        FirstOffset = last?.NextOffset ?? state.FirstOffset,
        PreviousTerm = last is null ? state.Epochs.Before : state.TermOf(last.LastIndex)!.Value,
        PreviousFirstIndex = last?.FirstIndex ?? LogIndex.Zero,
        PreviousLength = last?.Length ?? 0,
        PreviousMaxTimestamp = last?.MaxTimestamp ?? -1,
        LogStartIndex = state.LogStartIndex,
        LogStartOffset = state.LogStartOffset,
        CreatedAt = Now,
        Epochs = last is null
            ? []
            : [.. state.Epochs.All.Where(epoch => epoch.FirstIndex <= last.LastIndex)],
    };

    /// <summary>The header of the first segment of a log that is built anew.</summary>
    public SegmentHeader HeaderOf(LogBase begin) => new()
    {
        Group = _group,
        Incarnation = _incarnation,
        FirstIndex = begin.Index + 1,
        FirstOffset = begin.NextOffset,
        PreviousTerm = begin.Term,
        LogStartIndex = begin.LogStartIndex,
        LogStartOffset = begin.LogStartOffset,
        CreatedAt = Now,
    };

    /// <summary>
    /// Creates a segment with nothing but its header. It is durable after a flush of the file and the directory.
    /// </summary>
    public (Segment Segment, FileLease Lease) Create(SegmentHeader header)
    {
        var segment = new Segment(Directory, header) { Index = new SegmentIndex() };
        if (_fileSystem.FileExists(segment.IndexPath))
        {
            _open.Forget(segment.IndexPath);
            _fileSystem.DeleteFile(segment.IndexPath);
        }

        FileLease lease = _open.Lease(segment.Path, FileMode.OpenOrCreate);
        try
        {
            lease.File.SetLength(0);
            lease.File.Write(header.ToBytes(), 0);
            return (segment, lease);
        }
        catch
        {
            // What is left of it must not be taken for a damaged segment later.
            lease.Dispose();
            _open.Forget(segment.Path);
            _fileSystem.DeleteFile(segment.Path);
            throw;
        }
    }

    /// <summary>
    /// Deletes segments, the last one first, each durably: one that came back behind a gap would be taken for damage.
    /// </summary>
    public void Delete(IReadOnlyList<Segment> segments)
    {
        for (int i = segments.Count - 1; i >= 0; i--)
        {
            DeleteOne(segments[i]);
            FlushDirectory();
        }
    }

    /// <summary>Deletes segments from the front of the log, the first one first.</summary>
    public void DeleteFromFront(IReadOnlyList<Segment> segments)
    {
        foreach (Segment segment in segments)
            DeleteOne(segment);
        FlushDirectory();
    }

    /// <summary>
    /// No handle is kept: the directory may be deleted or renamed now, and another log be made in its place.
    /// </summary>
    public void Forget(IReadOnlyList<Segment> segments)
    {
        foreach (Segment segment in segments)
        {
            _open.Forget(segment.Path);
            _open.Forget(segment.IndexPath);
        }
    }

    public void DeleteDirectory(IReadOnlyList<Segment> segments)
    {
        Forget(segments);
        _fileSystem.DeleteDirectory(Directory);
        _fileSystem.FlushDirectory(Path.GetDirectoryName(Directory)!);
    }

    /// <summary>The point at an entry that the segment holds.</summary>
    public IndexRecord Find(IFile file, Segment segment, SegmentIndex index, LogIndex entry)
    {
        int floor = index.FloorByIndex(entry);
        IndexRecord start = floor >= 0 ? index[floor] : segment.Beginning;
        using var cursor = new FrameCursor(file, start, segment.Length, FrameCursor.ShortPiece);
        while (cursor.NextIndex < entry)
        {
            if (!cursor.TryStep())
            {
                throw new LogDamagedException(
                    new LogDamage(cursor.NextIndex, segment.Path, cursor.Position, cursor.Problem));
            }
        }

        return cursor.Here;
    }

    /// <summary>Reads the index of a segment that is no longer written to, or makes it anew.</summary>
    public SegmentIndex LoadIndex(Segment segment)
    {
        lock (_loading)
        {
            if (segment.Index is { } loaded)
                return loaded;
            SegmentIndex index = ReadIndex(segment, segment.Length);
            int known = index.Count;
            using (FileLease lease = _open.Lease(segment.Path))
                SegmentIndexFile.Complete(index, lease.File, segment);
            if (index.Count > known)
                TryRewriteIndex(segment, index);

            segment.Index = index;
            return index;
        }
    }

    public SegmentIndex ReadIndex(Segment segment, long length)
    {
        if (!_fileSystem.FileExists(segment.IndexPath))
            return new SegmentIndex();
        using FileLease lease = _open.Lease(segment.IndexPath);
        return SegmentIndexFile.Read(lease.File, segment, length);
    }

    public void AppendIndex(Segment segment, int from, int count)
    {
        using FileLease lease = _open.Lease(segment.IndexPath, FileMode.OpenOrCreate);
        SegmentIndexFile.Append(lease.File, segment, segment.Index!, from, count);
    }

    /// <summary>The same where the file is not needed, as at an orderly end on a full disk.</summary>
    public void TryAppendIndex(Segment segment, int from, int count)
    {
        try
        {
            if (count > from)
                AppendIndex(segment, from, count);
        }
        catch (StorageException error) when (error is not FlushFailedException)
        {
        }
    }

    /// <summary>Makes the index file say what the index in memory says.</summary>
    public void RewriteIndex(Segment segment, SegmentIndex index, bool flush)
    {
        using FileLease lease = _open.Lease(segment.IndexPath, FileMode.OpenOrCreate);
        lease.File.SetLength(0);
        SegmentIndexFile.Append(lease.File, segment, index, 0, index.Count);
        if (flush)
            lease.File.FlushWithMetadata();
    }

    /// <summary>The same where the file is not needed: it is made again next time if the disk refuses now.</summary>
    public void TryRewriteIndex(Segment segment, SegmentIndex index)
    {
        try
        {
            RewriteIndex(segment, index, flush: false);
        }
        catch (StorageException error) when (error is not FlushFailedException)
        {
        }
    }

    public void FlushIndex(Segment segment)
    {
        using FileLease lease = _open.Lease(segment.IndexPath, FileMode.OpenOrCreate);
        lease.File.Flush();
    }

    /// <summary>A segment, finished or not, and its index. Durable after a flush of the directory.</summary>
    public void DeleteByName(string name)
    {
        string path = Path.Combine(Directory, name);
        string index = Path.ChangeExtension(path, Segment.IndexSuffix);
        _open.Forget(path);
        _open.Forget(index);
        _fileSystem.DeleteFile(path);
        if (_fileSystem.FileExists(index))
            _fileSystem.DeleteFile(index);
    }

    private void DeleteOne(Segment segment) => DeleteByName(Path.GetFileName(segment.Path));
}
