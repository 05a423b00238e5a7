using System.Buffers;
using System.Buffers.Binary;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A frame on its way out: a header that is written into it, and raw payload slices that it refers to. One owner at a
/// time; <see cref="Release"/> gives back the slices' buffers. On the wire, little-endian: u32 length of what follows
/// the eight bytes | u8 kind | u24 length of the header | header | payload.
/// </summary>
public sealed class PeerFrame : IBufferWriter<byte>
{
    public const int PrefixSize = 8;
    private const int InitialSize = 512;
    private const int LargestKept = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _payload = [];
    private readonly List<SharedBuffer> _buffers = [];
    private byte[] _head = GC.AllocateUninitializedArray<byte>(InitialSize, pinned: true);
    private int _headLength = PrefixSize;
    private int _payloadLength;

    public PeerFrameKind Kind { get; private set; }

    /// <summary>All bytes on the wire.</summary>
    public int Length => _headLength + _payloadLength;

    public int HeaderLength => _headLength - PrefixSize;

    public int PayloadLength => _payloadLength;

    /// <summary>Prefix and header, after <see cref="Seal"/>.</summary>
    public ReadOnlyMemory<byte> Head => _head.AsMemory(0, _headLength);

    public IReadOnlyList<ReadOnlyMemory<byte>> Payload => _payload;

    /// <summary>Starts the frame anew; it must have been released.</summary>
    public PeerFrame Begin(PeerFrameKind kind)
    {
        Kind = kind;
        _headLength = PrefixSize;
        return this;
    }

    public void Advance(int count) => _headLength += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _head.AsMemory(_headLength);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _head.AsSpan(_headLength);
    }

    /// <summary>Adds a slice of memory that stays as it is until the frame is released.</summary>
    public void AddPayload(ReadOnlyMemory<byte> slice)
    {
        _payload.Add(slice);
        _payloadLength += slice.Length;
    }

    /// <summary>Retains a buffer that slices refer to, until the frame is released.</summary>
    public void Hold(SharedBuffer buffer)
    {
        buffer.Retain();
        _buffers.Add(buffer);
    }

    /// <summary>Writes the prefix; the frame is complete.</summary>
    public PeerFrame Seal()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_head, Length - PrefixSize);
        BinaryPrimitives.WriteUInt32LittleEndian(_head.AsSpan(4), (uint)Kind | ((uint)HeaderLength << 8));
        return this;
    }

    public void Release()
    {
        foreach (SharedBuffer buffer in _buffers)
            buffer.Release();

        _buffers.Clear();
        _payload.Clear();
        _payloadLength = 0;
        _headLength = PrefixSize;
        if (_head.Length > LargestKept)
            _head = GC.AllocateUninitializedArray<byte>(InitialSize, pinned: true);
    }

    private void EnsureRoom(int sizeHint)
    {
        int needed = _headLength + Math.Max(sizeHint, 64);
        if (needed <= _head.Length)
            return;

        byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, _head.Length * 2), pinned: true);
        _head.AsSpan(0, _headLength).CopyTo(larger);
        _head = larger;
    }
}
