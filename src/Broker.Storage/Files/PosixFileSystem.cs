using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

/// <summary>
/// The operating system's files, on Linux. The one place that opens, lists, renames and flushes. Owns a few flush
/// threads and one descriptor per flushed file system until it is disposed.
/// </summary>
public sealed class PosixFileSystem : IFileSystem, IDisposable
{
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    private const long MostKeptByFileSystem = 4096 * 4096;

    private readonly FlushThreads _threads = new(count: 3);
    private readonly Lock _gate = new();

    /// <summary>
    /// A descriptor reports only those write-back errors that happened after it was opened, so the one that syncfs is
    /// called on stays open from the first use to the end.
    /// </summary>
    private readonly Dictionary<string, int> _roots = new(StringComparer.Ordinal);

    /// <summary>Names the run of the kernel, whose page cache it is; empty where that can't be told.</summary>
    public static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            return "";
        }
    }

    public IFile Open(string path, FileMode mode)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, Sharing);
            return new PosixFile(handle, path);
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "open", path);
        }
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path) => Try(() => Directory.CreateDirectory(path), "create", path);

    public IReadOnlyList<string> ListFiles(string directory) => List(directory, Directory.GetFiles);

    public IReadOnlyList<string> ListDirectories(string directory) => List(directory, Directory.GetDirectories);

    public void Rename(string from, string to) => Try(() =>
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
    }, "rename", from);

    public void DeleteFile(string path) => Try(() => File.Delete(path), "delete", path);

    public void DeleteDirectory(string path) => Try(() => Directory.Delete(path, recursive: true), "delete", path);

    public void FlushDirectory(string path)
    {
        int descriptor = OpenDirectory(path);
        try
        {
            Libc.Fsync(descriptor, path);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    public void FlushFiles(IReadOnlyList<IFile> files)
    {
        if (files.Count == 1)
            files[0].Flush();
        else
            _threads.Flush(files);
    }

    public void FlushFileSystem(string path)
    {
        int descriptor;
        lock (_gate)
        {
            if (!_roots.TryGetValue(path, out descriptor))
                _roots[path] = descriptor = OpenDirectory(path);
        }

        Libc.Syncfs(descriptor, path);
    }

    /// <summary>
    /// What a file system keeps for root counts for root alone; but ext4 keeps a little for itself, of which it does
    /// not speak: 2 % of it or 4,096 blocks.
    /// </summary>
    public long AvailableBytes(string path)
    {
        var drive = new DriveInfo(path);
        return Environment.IsPrivilegedProcess
            ? Math.Max(0, drive.TotalFreeSpace - Math.Min(drive.TotalSize / 50, MostKeptByFileSystem))
            : drive.AvailableFreeSpace;
    }

    public long TotalBytes(string path) => new DriveInfo(path).TotalSize;

    public IDisposable? TryLock(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult == Libc.WouldBlock)
        {
            return null;
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "lock", path);
        }
    }

    public void Dispose()
    {
        _threads.Dispose();
        lock (_gate)
        {
            foreach (int descriptor in _roots.Values)
                Libc.Close(descriptor);
            _roots.Clear();
        }
    }

    private static int OpenDirectory(string path)
    {
        int descriptor = Libc.OpenDirectory(path, out int errno);
        return descriptor >= 0
            ? descriptor
            : throw new StorageException($"could not open the directory {path} to flush it (errno {errno})");
    }

    private static string[] List(string directory, Func<string, string[]> list)
    {
        string[] names = [];
        Try(() => names = list(directory), "list", directory);
        for (int i = 0; i < names.Length; i++)
            names[i] = Path.GetFileName(names[i]);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static void Try(Action action, string verb, string path)
    {
        try
        {
            action();
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, verb, path);
        }
    }
}
