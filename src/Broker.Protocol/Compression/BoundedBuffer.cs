using System.Buffers;

namespace Broker.Protocol.Compression;

/// <summary>A pooled buffer that grows as it is written, up to a bound. Whoever makes it disposes it.</summary>
public sealed class BoundedBuffer(int maxBytes) : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 16 * 1024;
    private const int Slack = 128 * 1024;

    private byte[] _bytes = [];

    public int WrittenCount { get; private set; }

    /// <summary>How many bytes may still be written.</summary>
    public int RoomLeft => maxBytes - WrittenCount;

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, WrittenCount);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, WrittenCount);

    /// <summary>What was written, to be changed in place.</summary>
    internal Span<byte> WrittenForUpdate => _bytes.AsSpan(0, WrittenCount);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - WrittenCount));
        if (WrittenCount + count > maxBytes)
        {
            throw TooLarge();
        }

        WrittenCount += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => WrittenCount = 0;

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        WrittenCount = 0;
    }

    private void EnsureRoom(int size)
    {
        if (size <= _bytes.Length - WrittenCount)
        {
            return;
        }

        // A codec may ask for room past the bound, to learn that it is at its end; what it writes there is refused.
        long wanted = Math.Max((long)WrittenCount + size, Math.Min(2L * _bytes.Length, maxBytes));
        if (wanted > Math.Min((long)maxBytes + Slack, Array.MaxLength))
        {
            throw TooLarge();
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(wanted, FirstSize));
        WrittenSpan.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }

    private ProtocolException TooLarge() => new($"the compressed records inflate to more than {maxBytes} bytes");
}
