using Broker.Model;

namespace Broker.Storage;

// The steps of a rebuild, each durable before the next. A crash anywhere leads back to where it was, or is gone over
// once more at the next opening:
//   the base is written beside the log and renamed into place       from here on the old log is given up
//   the journal is told that nothing but the base is there          or what is missing would be taken for damage
//   the old segments go, the last one first
//   the checkpoint is replaced
//   an empty first segment says where the log begins
//   the base goes                                                   the log is an ordinary one

/// <summary>A base that lies beside a log: at the next opening the log is given up and begins behind it.</summary>
internal sealed class BaseFile(LogResources resources, LogFiles files)
{
    private readonly IFileSystem _fileSystem = resources.FileSystem;
    private readonly string _path = Path.Combine(files.Directory, "base");

    /// <summary>
    /// Durable on return. The log must not be counted on any more from before this call on: what it took since would
    /// be given up with it.
    /// </summary>
    public void Write(LogBase begin)
    {
        string fresh = _path + ".new";
        using (IFile file = _fileSystem.Open(fresh, FileMode.OpenOrCreate))
        {
            file.SetLength(0);
            file.Write(begin.ToBytes(), 0);
            file.FlushWithMetadata();
        }

        _fileSystem.Rename(fresh, _path);
        files.FlushDirectory();
    }

    /// <summary>Before the log is recovered: makes of it what the base says, if there is one.</summary>
    public void CarryOut(PartitionId group, CheckpointFile checkpoint)
    {
        if (!_fileSystem.FileExists(_path))
            return;

        if (Read() is { } begin)
        {
            VoteJournal journal = resources.Journal;
            journal.RecordBase(group, begin.Index);
            journal.RecordLogStart(group, begin.LogStartIndex, begin.LogStartOffset);
            journal.Flush();
            DeleteSegments();
            checkpoint.Write(begin.Checkpoint.Index, begin.Checkpoint.Term, begin.Checkpoint.State.Span);
            BeginBehind(begin);
            resources.Logger.Rebased(group, begin.Index, begin.LogStartOffset);
        }

        resources.OpenFiles.Forget(_path);
        _fileSystem.DeleteFile(_path);
        files.FlushDirectory();
    }

    private LogBase? Read()
    {
        using IFile file = _fileSystem.Open(_path, FileMode.Open);
        byte[] bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length && LogBase.TryRead(bytes, out LogBase? found) ? found : null;
    }

    private void DeleteSegments()
    {
        // Backwards: what is left after a crash is a log that ends earlier, never one with a hole.
        foreach (string name in _fileSystem.ListFiles(files.Directory).Reverse())
        {
            bool isSegment = name.EndsWith(Segment.LogSuffix, StringComparison.Ordinal)
                || name.EndsWith(Segment.IndexSuffix, StringComparison.Ordinal);
            if (!isSegment)
                continue;

            string path = Path.Combine(files.Directory, name);
            resources.OpenFiles.Forget(path);
            _fileSystem.DeleteFile(path);
        }

        files.FlushDirectory();
    }

    private void BeginBehind(LogBase begin)
    {
        (_, FileLease lease) = files.Create(files.HeaderOf(begin));
        using (lease)
            lease.File.FlushWithMetadata();
        files.FlushDirectory();
    }
}
