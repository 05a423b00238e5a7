using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Broker.Protocol;

/// <summary>
/// Frames on their way out. What is written goes to pooled chunks of its own; large byte fields (records) are not
/// copied but spliced in as they are, so the result is a list of segments for one gathered send. One owner; after
/// <see cref="Reset"/> it is used again for the next frame. Segments and spliced bytes are valid until then.
/// </summary>
public sealed partial class ProtocolWriter : IDisposable
{
    /// <summary>Byte fields up to this size are copied: cheaper than one more segment to pin and to gather.</summary>
    public const int CopyUpTo = 4096;

    private const int FirstChunk = 2048;
    private const int LargestChunk = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<byte[]> _chunks = [];
    private readonly List<IDisposable> _kept = [];
    private byte[] _chunk = [];
    private int _segmentStart;
    private int _position;
    private long _lengthBefore;

    /// <summary>Bytes written so far.</summary>
    public long Length => _lengthBefore + _position - _segmentStart;

    /// <summary>All that was written, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments
    {
        get
        {
            CloseSegment();
            return _segments;
        }
    }

    /// <summary>Ties the life of spliced bytes to this frame: disposed at <see cref="Reset"/>.</summary>
    public void Keep(IDisposable owner) => _kept.Add(owner);

    public void CopyTo(IBufferWriter<byte> output)
    {
        foreach (ReadOnlyMemory<byte> segment in Segments)
            output.Write(segment.Span);
    }

    public byte[] ToArray()
    {
        var all = new byte[Length];
        int position = 0;
        foreach (ReadOnlyMemory<byte> segment in Segments)
        {
            segment.Span.CopyTo(all.AsSpan(position));
            position += segment.Length;
        }

        return all;
    }

    /// <summary>
    /// Forgets what was written, gives chunks back (but for one small one) and disposes what was kept.
    /// </summary>
    public void Reset()
    {
        foreach (IDisposable owner in _kept)
            owner.Dispose();
        _kept.Clear();
        _segments.Clear();
        for (int i = 1; i < _chunks.Count; i++)
            ArrayPool<byte>.Shared.Return(_chunks[i]);
        if (_chunks.Count > 1)
            _chunks.RemoveRange(1, _chunks.Count - 1);
        _chunk = _chunks.Count > 0 ? _chunks[0] : [];
        _segmentStart = 0;
        _position = 0;
        _lengthBefore = 0;
    }

    public void Dispose()
    {
        Reset();
        if (_chunks.Count > 0)
            ArrayPool<byte>.Shared.Return(_chunks[0]);
        _chunks.Clear();
        _chunk = [];
        _scratch?.Dispose();
        _scratch = null;
    }

    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    public void WriteUnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Take(1)[0] = (byte)value;
    }

    public void WriteString(string value, bool flexible) =>
        WriteNullableString(value ?? throw new ProtocolException("Null where a string must stand."), flexible);

    public void WriteNullableString(string? value, bool flexible)
    {
        int length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (flexible)
            WriteUnsignedVarint((uint)(length + 1));
        else if (length <= short.MaxValue)
            WriteInt16((short)length);
        else
            throw new ProtocolException($"A string of {length} bytes is too long for this version.");
        if (length > 0)
            WriteText(value!, length);
    }

    private void WriteText(string value, int length)
    {
        if (length <= LargestChunk)
            Encoding.UTF8.GetBytes(value, Take(length));
        else
            Splice(Encoding.UTF8.GetBytes(value));
    }

    private Span<byte> Take(int length)
    {
        if (_chunk.Length - _position < length)
            NewChunk(length);
        Span<byte> room = _chunk.AsSpan(_position, length);
        _position += length;
        return room;
    }

    private void NewChunk(int atLeast)
    {
        CloseSegment();
        int size = _chunks.Count == 0 ? FirstChunk : Math.Min(_chunk.Length * 2, LargestChunk);
        _chunk = ArrayPool<byte>.Shared.Rent(Math.Max(size, atLeast));
        _chunks.Add(_chunk);
        _segmentStart = 0;
        _position = 0;
    }

    private void CloseSegment()
    {
        int length = _position - _segmentStart;
        if (length == 0)
            return;
        _segments.Add(_chunk.AsMemory(_segmentStart, length));
        _lengthBefore += length;
        _segmentStart = _position;
    }
}
