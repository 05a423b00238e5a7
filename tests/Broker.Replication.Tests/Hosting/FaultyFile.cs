using Broker.Storage;

namespace Broker.Replication.Tests.Hosting;

internal sealed class FaultyFile(FaultyFileSystem system, IFile inner, bool isLog) : IFile
{
    public long Length => inner.Length;

    public int Read(Span<byte> into, long position) => inner.Read(into, position);

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        RefuseWrite();
        inner.Write(bytes, position);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position)
    {
        RefuseWrite();
        inner.Write(pieces, position);
    }

    public void SetLength(long length) => inner.SetLength(length);

    public void Flush()
    {
        system.RefuseFlush();
        inner.Flush();
    }

    public void FlushWithMetadata()
    {
        system.RefuseFlush();
        inner.FlushWithMetadata();
    }

    public void DropCacheBehind(long from, long to) => inner.DropCacheBehind(from, to);

    public void Dispose() => inner.Dispose();

    private void RefuseWrite()
    {
        if (isLog && system.IsFull)
            throw new StorageFullException("the disk was made full");
    }
}
