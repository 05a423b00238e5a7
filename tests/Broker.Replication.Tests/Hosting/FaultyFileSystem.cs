using Broker.Storage;

namespace Broker.Replication.Tests.Hosting;

/// <summary>
/// A real file system whose disk can be filled and whose flushes can be made to fail. Votes have their reserve.
/// </summary>
internal sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private volatile bool _isFull;
    private volatile bool _failsFlush;

    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    public bool FailsFlush
    {
        get => _failsFlush;
        set => _failsFlush = value;
    }

    public IFile Open(string path, FileMode mode) =>
        new FaultyFile(this, inner.Open(path, mode), path.EndsWith(".log", StringComparison.Ordinal));

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void DeleteFile(string path) => inner.DeleteFile(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void FlushDirectory(string path) => inner.FlushDirectory(path);

    public void FlushFiles(IReadOnlyList<IFile> files)
    {
        foreach (IFile file in files)
            file.Flush();
    }

    public void FlushFileSystem(string path)
    {
        RefuseFlush();
        inner.FlushFileSystem(path);
    }

    public long AvailableBytes(string path) => inner.AvailableBytes(path);

    public long TotalBytes(string path) => inner.TotalBytes(path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    internal void RefuseFlush()
    {
        if (FailsFlush)
            throw new FlushFailedException("the flush was made to fail");
    }
}
