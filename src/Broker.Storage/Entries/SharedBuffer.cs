namespace Broker.Storage;

/// <summary>
/// A pooled, pinned block of memory with a count of its holders. Whoever rents it holds it; whoever keeps it longer
/// than the call that handed it over retains it. The bytes go back to the pool when the last holder releases. This
/// object is never reused, only its bytes are: so a release too many is always noticed and throws, and a forgotten one
/// costs only a garbage collection. Thread-safe, but for the bytes themselves.
/// </summary>
public sealed class SharedBuffer
{
    private readonly byte[] _bytes;
    private readonly int _length;
    private int _holders = 1;

    private SharedBuffer(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    /// <summary>The bytes; contents are arbitrary after renting.</summary>
    public Memory<byte> Memory => Bytes.AsMemory(0, _length);

    public Span<byte> Span => Bytes.AsSpan(0, _length);

    /// <summary>The length that was asked for.</summary>
    public int Length => _length;

    /// <summary>What it really occupies.</summary>
    public int Capacity => _bytes.Length;

    private byte[] Bytes => Volatile.Read(ref _holders) > 0
        ? _bytes
        : throw new ObjectDisposedException(nameof(SharedBuffer), "the buffer was used after its last release");

    public static SharedBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new SharedBuffer(BufferPool.Take(length), length);
    }

    public void Retain()
    {
        if (Interlocked.Increment(ref _holders) <= 1)
        {
            Interlocked.Decrement(ref _holders);
            throw new ObjectDisposedException(nameof(SharedBuffer), "the buffer was retained after its last release");
        }
    }

    public void Release()
    {
        int left = Interlocked.Decrement(ref _holders);
        if (left == 0)
        {
            BufferPool.Give(_bytes);
        }
        else if (left < 0)
        {
            Interlocked.Increment(ref _holders);
            throw new ObjectDisposedException(nameof(SharedBuffer), "the buffer was released once too often");
        }
    }
}
