using Broker.Storage;

namespace Broker.Server.Tests.Node;

/// <summary>
/// A real file system whose flushes can be made to fail, and that can be taken away from a process as SIGKILL does it:
/// from then on nothing that it still does reaches a file.
/// </summary>
internal sealed class FaultyFiles : IFileSystem, IDisposable
{
    private readonly PosixFileSystem _inner = new();
    private volatile bool _isGone;
    private int _failing;
    private int _failed;
    private int _afterFailure;

    /// <summary>How many flushes have failed.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Flushes that were asked for after one had failed.</summary>
    public int AfterFailure => Volatile.Read(ref _afterFailure);

    /// <summary>So many of the next flushes of a path that contains this fail.</summary>
    public void FailFlushes(int count) => Volatile.Write(ref _failing, count);

    public void TakeAway() => _isGone = true;

    public IFile Open(string path, FileMode mode) => new File(this, Inner.Open(path, mode), path);

    public bool FileExists(string path) => Inner.FileExists(path);

    public bool DirectoryExists(string path) => Inner.DirectoryExists(path);

    public void CreateDirectory(string path) => Inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => Inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Inner.ListDirectories(directory);

    public void Rename(string from, string to) => Inner.Rename(from, to);

    public void DeleteFile(string path) => Inner.DeleteFile(path);

    public void DeleteDirectory(string path) => Inner.DeleteDirectory(path);

    public void FlushDirectory(string path)
    {
        Flushing(path);
        Inner.FlushDirectory(path);
    }

    public void FlushFiles(IReadOnlyList<IFile> files)
    {
        foreach (IFile file in files)
            file.Flush();
    }

    public void FlushFileSystem(string path)
    {
        Flushing(path);
        Inner.FlushFileSystem(path);
    }

    public long AvailableBytes(string path) => Inner.AvailableBytes(path);

    public long TotalBytes(string path) => Inner.TotalBytes(path);

    public IDisposable? TryLock(string path) => Inner.TryLock(path);

    public void Dispose() => _inner.Dispose();

    private PosixFileSystem Inner => _isGone
        ? throw new FlushFailedException("the process has no files any more")
        : _inner;

    private void Flushing(string path)
    {
        if (Volatile.Read(ref _failed) > 0)
            Interlocked.Increment(ref _afterFailure);
        if (Interlocked.Decrement(ref _failing) < 0)
            return;
        Interlocked.Increment(ref _failed);
        throw new FlushFailedException($"the flush of {path} was made to fail");
    }

    private sealed class File(FaultyFiles system, IFile inner, string path) : IFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> into, long position) => inner.Read(into, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            _ = system.Inner;
            inner.Write(bytes, position);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position)
        {
            _ = system.Inner;
            inner.Write(pieces, position);
        }

        public void SetLength(long length)
        {
            _ = system.Inner;
            inner.SetLength(length);
        }

        public void Flush()
        {
            _ = system.Inner;
            system.Flushing(path);
            inner.Flush();
        }

        public void FlushWithMetadata()
        {
            _ = system.Inner;
            system.Flushing(path);
            inner.FlushWithMetadata();
        }

        public void DropCacheBehind(long from, long to) => inner.DropCacheBehind(from, to);

        public void Dispose() => inner.Dispose();
    }
}
