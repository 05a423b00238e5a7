using System.Buffers.Binary;
using Broker.Storage;

namespace Broker.MetadataQuorum;

/// <summary>
/// What DotNext does not do for its log's files: flush the directories that name them, and cut the log before entries
/// are overwritten. The checkpoint's layout (version 1: version, commit index, last index) is DotNext 6.12's.
/// </summary>
internal sealed class LogFiles(IFileSystem files, string directory, TimeProvider time)
{
    private const uint CheckpointVersion = 1;
    private const int CheckpointSize = sizeof(uint) + 2 * sizeof(long);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string[] _directories =
        [directory, Path.Combine(directory, "metadata"), Path.Combine(directory, "data")];

    private readonly IReadOnlyList<string>[] _names = [[], [], []];

    private string State => Path.Combine(directory, "state");

    private string Checkpoint => Path.Combine(directory, "checkpoint");

    /// <summary>True if a log was begun here: the files are there that DotNext keeps from the start.</summary>
    public bool Exist => files.FileExists(Checkpoint) && files.FileExists(State);

    /// <summary>Makes the files with which DotNext begins an empty log, durably.</summary>
    public void Create()
    {
        foreach (string made in _directories.Skip(1))
        {
            files.CreateDirectory(made);
        }

        files.Open(Checkpoint, FileMode.CreateNew).Dispose();
        files.Open(State, FileMode.CreateNew).Dispose();
        FlushNames();
    }

    /// <summary>
    /// Before the log is opened: writes once more, and flushes, what says how far it goes and for whom this broker
    /// voted. After a failed flush, which ended the process, the page cache may show what the disk never got; DotNext
    /// takes what it reads for durable. The entries themselves it flushes before it says that they are there.
    /// </summary>
    public void WriteAgain()
    {
        foreach (string path in (string[])[Checkpoint, State])
        {
            if (files.FileExists(path))
            {
                using IFile file = files.Open(path, FileMode.Open);
                byte[] bytes = new byte[file.Length];
                int read = file.Read(bytes, 0);
                file.Write(bytes.AsSpan(0, read), 0);
                file.FlushWithMetadata();
            }
        }
    }

    /// <summary>Makes the names of new files durable. Deleted ones may come back: they do no harm.</summary>
    public void FlushNames()
    {
        for (int i = 0; i < _directories.Length; i++)
        {
            IReadOnlyList<string> names = files.ListFiles(_directories[i]);
            if (!names.SequenceEqual(_names[i]))
            {
                files.FlushDirectory(_directories[i]);
                _names[i] = names;
            }
        }
    }

    /// <summary>Ends the log on the disk before <paramref name="index"/>. All of it was flushed before.</summary>
    public async ValueTask CutAsync(long index, long last, long committed, CancellationToken token)
    {
        // DotNext notes a commit a moment later; its write must not come after ours.
        long since = time.GetTimestamp();
        while (ReadCheckpoint() != (committed, last))
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                throw new StorageException($"{Checkpoint} does not come to rest at {committed}, {last}");
            }

            await Task.Delay(Pause, time, token);
        }

        byte[] bytes = new byte[CheckpointSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, CheckpointVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), committed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(12), index - 1);
        using IFile file = files.Open(Checkpoint, FileMode.Open);
        file.Write(bytes, 0);
        file.Flush();
    }

    private (long Committed, long Last) ReadCheckpoint()
    {
        byte[] bytes = new byte[CheckpointSize];
        using IFile file = files.Open(Checkpoint, FileMode.Open);
        int read = file.Read(bytes, 0);
        if (read != bytes.Length || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != CheckpointVersion)
        {
            throw new StorageException($"{Checkpoint} is not of the version that is known here");
        }

        return (
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(4)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(12)));
    }
}
