namespace Broker.Storage;

/// <summary>An open file. Reads may run beside a write; there is one writer at a time.</summary>
public interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to <c>into.Length</c> bytes; fewer only at the end of the file.</summary>
    int Read(Span<byte> into, long position);

    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>One vectored write of all pieces, one after another. After a failure any part may be there.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position);

    /// <summary>Cuts the file or lengthens it with zeros. Durable after a <see cref="FlushWithMetadata"/>.</summary>
    void SetLength(long length);

    /// <summary>fdatasync: data, and the length as far as it grew.</summary>
    void Flush();

    /// <summary>fsync: data, and everything else that is known of the file. Needed after it was cut.</summary>
    void FlushWithMetadata();

    /// <summary>Advice: these bytes need not stay in the page cache. Only flushed bytes really leave it.</summary>
    void DropCacheBehind(long from, long to);
}
