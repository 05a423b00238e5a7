using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

internal sealed class PosixFile(SafeFileHandle handle, string path) : IFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> into, long position)
    {
        int total = 0;
        try
        {
            while (total < into.Length)
            {
                int read = RandomAccess.Read(handle, into[total..], position + total);
                if (read == 0)
                    break;
                total += read;
            }
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "read", path);
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            RandomAccess.Write(handle, bytes, position);
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "write", path);
        }
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position)
    {
        try
        {
            RandomAccess.Write(handle, pieces, position);
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "write", path);
        }
    }

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception error) when (PosixErrors.IsIo(error))
        {
            throw PosixErrors.Translate(error, "set the length of", path);
        }
    }

    public void Flush() => WithDescriptor(static (descriptor, path) => Libc.Fdatasync(descriptor, path));

    public void FlushWithMetadata() => WithDescriptor(static (descriptor, path) => Libc.Fsync(descriptor, path));

    public void DropCacheBehind(long from, long to)
    {
        if (to > from)
            WithDescriptor((descriptor, _) => Libc.DropCache(descriptor, from, to - from));
    }

    public void Dispose() => handle.Dispose();

    private void WithDescriptor(Action<int, string> action)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            action((int)handle.DangerousGetHandle(), path);
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }
    }
}
