using Broker.Storage;

namespace Broker.Simulation.Disks;

internal sealed class SimulatedFile(SimulatedFileSystem disk, Inode inode, string path, int life) : IFile
{
    private bool _isClosed;

    public long Length
    {
        get
        {
            ThrowIfClosed();
            return inode.Length;
        }
    }

    public int Read(Span<byte> into, long position)
    {
        ThrowIfClosed();
        return disk.IsUnreadable(path)
            ? throw new StorageException($"could not read {path}: simulated", new IOException())
            : inode.Read(into, position);
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        ThrowIfClosed();
        disk.Before(DiskOperation.Write, path);
        Put(bytes, position);
        disk.After();
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position)
    {
        ThrowIfClosed();
        disk.Before(DiskOperation.Write, path);
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            Put(piece.Span, position);
            position += piece.Length;
        }

        disk.After();
    }

    public void SetLength(long length)
    {
        ThrowIfClosed();
        disk.Before(DiskOperation.SetLength, path);
        inode.SetLength(length);
        disk.After();
    }

    public void Flush()
    {
        ThrowIfClosed();
        disk.Before(DiskOperation.Flush, path);
        disk.ThrowIfFlushFails(path, [inode]);
        inode.Flush();
        disk.After();
    }

    public void FlushWithMetadata()
    {
        ThrowIfClosed();
        disk.Before(DiskOperation.Flush, path);
        disk.ThrowIfFlushFails(path, [inode]);
        inode.FlushWithMetadata();
        disk.After();
    }

    public void DropCacheBehind(long from, long to) => ThrowIfClosed();

    public void Dispose() => _isClosed = true;

    private void Put(ReadOnlySpan<byte> bytes, long position)
    {
        long room = disk.Capacity - disk.UsedBytes;
        long grows = Math.Max(0, position + bytes.Length - inode.Length);
        if (grows <= room)
        {
            inode.Write(bytes, position);
            return;
        }

        // What fits is written, as a real disk does.
        int fits = (int)Math.Max(0, Math.Min(bytes.Length, inode.Length + room - position));
        inode.Write(bytes[..fits], position);
        throw new StorageFullException($"could not write {path}: no room left");
    }

    private void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        disk.ThrowIfStale(life);
    }
}
