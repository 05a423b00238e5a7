using Broker.Storage;

namespace Broker.Simulation.Disks;

/// <summary>
/// A disk in memory that keeps only what it was told to keep. A crash loses what was not flushed, or keeps any part of
/// it: single sectors of a write, a name or not, a length without its bytes. Faults are set from outside; the one
/// source of chance is handed in. For one thread at a time.
/// </summary>
public sealed class SimulatedFileSystem(Random random) : IFileSystem
{
    private readonly NameTable _names = new(isJournal: random.Next(2) == 0);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private int _life;

    /// <summary>How many operations changed the disk so far.</summary>
    public int Operations { get; private set; }

    /// <summary>The power fails in this operation (counted as <see cref="Operations"/>); 0 for never.</summary>
    public int CrashAt { get; set; }

    public bool IsCrashed { get; private set; }

    /// <summary>How many bytes all files together may have.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>So many of the next flushes fail, and what they should have written is never written.</summary>
    public int FailingFlushes { get; set; }

    /// <summary>By chance, some of what is not flushed survives a power cut; else none of it.</summary>
    public bool KeepsUnflushed { get; set; } = true;

    /// <summary>Called before a flush that is going to fail.</summary>
    public Action? FlushFails { get; set; }

    /// <summary>Reading a file whose path contains this fails.</summary>
    public string? UnreadablePath { get; set; }

    /// <summary>Called before each operation that changes the disk: a place to interleave, delay or fail.</summary>
    public Action<DiskOperation, string>? BeforeOperation { get; set; }

    public long UsedBytes => _names.Now.Files.Values.Sum(file => (long)file.Length);

    /// <summary>Loses the power now. Every further operation throws until <see cref="Restart"/>.</summary>
    public void Crash() => IsCrashed = true;

    /// <summary>The machine comes back with what survived. Files and locks of the life before are gone.</summary>
    public void Restart()
    {
        IEnumerable<Inode> files = _names.Now.Files.Values.ToList();
        Random? luck = KeepsUnflushed ? random : null;
        _names.Crash(luck);
        foreach (Inode file in files.Union(_names.Now.Files.Values))
            file.Crash(luck);
        Begin();
    }

    /// <summary>The process died, the machine did not: what was written is still there.</summary>
    public void RestartProcess() => Begin();

    /// <summary>A bit decays, on the medium and for every reader.</summary>
    public void FlipBit(string path, long position, int bit) => Find(path).FlipBit(position, bit);

    /// <summary>The last bit that decayed in a file is still there for readers.</summary>
    public bool IsDecayed(string path) => _names.Now.Files.TryGetValue(path, out Inode? file) && file.IsDecayed;

    /// <summary>The end of a file is lost, on the medium and for every reader.</summary>
    public void CutOff(string path, int length) => Find(path).CutOff(length);

    /// <summary>A file is lost, on the medium and for every reader.</summary>
    public void Lose(string path) => _names.Lose(path);

    /// <summary>
    /// Whether bytes stand in some file of a directory and survive any crash, and so does the file's name.
    /// </summary>
    public bool IsDurable(string directory, ReadOnlySpan<byte> bytes)
    {
        foreach ((string path, Inode file) in _names.Durable.Files)
        {
            if (DirectoryOf(path) == directory && file.DurableBytes.IndexOf(bytes) >= 0)
                return true;
        }

        return false;
    }

    /// <summary>Whether a process that starts on this machine now would find bytes in a directory's files.</summary>
    public bool IsWritten(string directory, ReadOnlySpan<byte> bytes)
    {
        foreach ((string path, Inode file) in _names.Now.Files)
        {
            if (DirectoryOf(path) == directory && file.Bytes.IndexOf(bytes) >= 0)
                return true;
        }

        return false;
    }

    /// <summary>What all files of a directory hold, one behind the other, written or flushed.</summary>
    public byte[] Written(string directory) =>
    [
        .. from file in _names.Now.Files
           where DirectoryOf(file.Key) == directory
           from one in file.Value.Bytes.ToArray()
           select one,
    ];

    /// <summary>Another disk, with what on this one is certain to survive.</summary>
    public SimulatedFileSystem Durable() => Copy(_names.Durable, file => file.DurableBytes.ToArray());

    /// <summary>Another disk, with all that is to be read on this one now.</summary>
    public SimulatedFileSystem Present() => Copy(_names.Now, file => file.Bytes.ToArray());

    public byte[] Contents(string path) => Find(path).Bytes.ToArray();

    public IFile Open(string path, FileMode mode)
    {
        ThrowIfCrashed();
        bool isThere = _names.Now.Files.TryGetValue(path, out Inode? file);
        if (isThere && mode is FileMode.CreateNew)
            throw new StorageException($"could not open {path}: it exists");
        if (!isThere && mode is FileMode.Open)
            throw new StorageException($"could not open {path}: it does not exist", new FileNotFoundException());
        if (!isThere)
        {
            if (!DirectoryExists(DirectoryOf(path)))
                throw new StorageException($"could not open {path}: its directory does not exist");
            Before(DiskOperation.Create, path);
            file = new Inode();
            _names.Change(names => names.Files[path] = file, DirectoryOf(path));
            After();
        }

        return new SimulatedFile(this, file!, path, _life);
    }

    public bool FileExists(string path) => Now.Files.ContainsKey(path);

    public bool DirectoryExists(string path) => path == "/" || Now.Directories.Contains(path);

    public void CreateDirectory(string path)
    {
        if (DirectoryExists(path))
            return;
        Before(DiskOperation.Create, path);
        _names.Change(names => names.Directories.Add(path), DirectoryOf(path));
        After();
    }

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. Now.Files.Keys.Where(path => DirectoryOf(path) == directory).Select(path => Path.GetFileName(path))];

    public IReadOnlyList<string> ListDirectories(string directory) =>
        [.. Now.Directories.Where(path => DirectoryOf(path) == directory).Select(path => Path.GetFileName(path))];

    public void Rename(string from, string to)
    {
        Before(DiskOperation.Rename, from);
        if (!FileExists(from) && !DirectoryExists(from))
            throw new StorageException($"could not rename {from}: it does not exist");
        _names.Change(names => names.Move(from, to), DirectoryOf(from), DirectoryOf(to));
        After();
    }

    public void DeleteFile(string path)
    {
        Before(DiskOperation.Delete, path);
        _names.Change(names => names.Files.Remove(path), DirectoryOf(path));
        After();
    }

    public void DeleteDirectory(string path)
    {
        Before(DiskOperation.Delete, path);
        _names.Change(names => names.RemoveTree(path), DirectoryOf(path));
        After();
    }

    public void FlushDirectory(string path)
    {
        Before(DiskOperation.FlushDirectory, path);
        ThrowIfFlushFails(path, []);
        _names.Flush(path);
        After();
    }

    public void FlushFiles(IReadOnlyList<IFile> files)
    {
        foreach (IFile file in files)
            file.Flush();
    }

    public void FlushFileSystem(string path)
    {
        Before(DiskOperation.FlushFileSystem, path);
        ThrowIfFlushFails(path, _names.Now.Files.Values);
        _names.FlushAll();
        foreach (Inode file in _names.Now.Files.Values)
            file.FlushWithMetadata();
        After();
    }

    public long AvailableBytes(string path) => Capacity - UsedBytes;

    public long TotalBytes(string path) => Capacity;

    public IDisposable? TryLock(string path)
    {
        ThrowIfCrashed();
        return _locks.Add(path) ? new Unlock(_locks, path) : null;
    }

    internal void Before(DiskOperation operation, string path)
    {
        ThrowIfCrashed();
        BeforeOperation?.Invoke(operation, path);
        ThrowIfCrashed();
        Operations++;

        // Half of the time the operation still takes place, and is lost or torn with all that is not flushed.
        if (Operations == CrashAt && random.Next(2) == 0)
        {
            Crash();
            throw new DiskCrashedException();
        }
    }

    internal void After()
    {
        if (Operations != CrashAt)
            return;
        Crash();
        throw new DiskCrashedException();
    }

    internal void ThrowIfStale(int life)
    {
        ThrowIfCrashed();
        if (life != _life)
            throw new ObjectDisposedException("a file of an earlier life of the machine");
    }

    internal void ThrowIfFlushFails(string path, IEnumerable<Inode> files)
    {
        if (FailingFlushes == 0)
            return;
        FailingFlushes--;
        FlushFails?.Invoke();
        foreach (Inode file in files)
            file.FailFlush(random);
        throw new FlushFailedException($"flush of {path} failed: simulated");
    }

    internal bool IsUnreadable(string path) =>
        UnreadablePath is { } part && path.Contains(part, StringComparison.Ordinal);

    private NameTable.Names Now
    {
        get
        {
            ThrowIfCrashed();
            return _names.Now;
        }
    }

    private static SimulatedFileSystem Copy(NameTable.Names names, Func<Inode, byte[]> bytesOf)
    {
        var copy = new SimulatedFileSystem(new Random(0));
        foreach (string directory in names.Directories)
        {
            copy._names.Now.Directories.Add(directory);
            copy._names.Durable.Directories.Add(directory);
        }

        foreach ((string path, Inode file) in names.Files)
        {
            var same = new Inode();
            same.Write(bytesOf(file), 0);
            same.FlushWithMetadata();
            copy._names.Now.Files.Add(path, same);
            copy._names.Durable.Files.Add(path, same);
        }

        return copy;
    }

    private void Begin()
    {
        _locks.Clear();
        _life++;
        IsCrashed = false;
        CrashAt = 0;
    }

    private Inode Find(string path) => _names.Now.Files[path];

    private static string DirectoryOf(string path) => Path.GetDirectoryName(path) ?? "/";

    private void ThrowIfCrashed()
    {
        if (IsCrashed)
            throw new DiskCrashedException();
    }

    private sealed class Unlock(HashSet<string> locks, string path) : IDisposable
    {
        public void Dispose() => locks.Remove(path);
    }
}
