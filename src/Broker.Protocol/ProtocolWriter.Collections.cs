using System.Buffers.Binary;

namespace Broker.Protocol;

/// <summary>Frames, byte fields, arrays, nullable structs and tagged fields (KIP-482).</summary>
public sealed partial class ProtocolWriter
{
    private ProtocolWriter? _scratch;
    private byte[]? _frameChunk;
    private int _frameStart;
    private long _lengthAtFrame;

    /// <summary>Leaves room for a frame's length.</summary>
    public void BeginFrame()
    {
        Span<byte> room = Take(sizeof(int));
        room.Clear();
        _frameChunk = _chunk;
        _frameStart = _position - sizeof(int);
        _lengthAtFrame = Length;
    }

    /// <summary>Fills in the length of what was written since <see cref="BeginFrame"/>.</summary>
    public void EndFrame()
    {
        long length = Length - _lengthAtFrame;
        if (_frameChunk is null)
            throw new InvalidOperationException("No frame was begun.");
        if (length > int.MaxValue)
            throw new ProtocolException("A frame can't be larger than 2 GiB.");
        BinaryPrimitives.WriteInt32BigEndian(_frameChunk.AsSpan(_frameStart), (int)length);
        _frameChunk = null;
    }

    public void WriteBytes(ReadOnlyMemory<byte> value, bool flexible)
    {
        WriteByteLength(value.Length, flexible);
        WriteRaw(value);
    }

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool flexible)
    {
        if (value is null)
            WriteByteLength(-1, flexible);
        else
            WriteBytes(value.Value, flexible);
    }

    public void WriteRecords(RecordBytes value, bool flexible)
    {
        if (value.IsNull)
            throw new ProtocolException("Null where records must stand.");
        WriteNullableRecords(value, flexible);
    }

    public void WriteNullableRecords(RecordBytes value, bool flexible)
    {
        WriteByteLength(value.IsNull ? -1 : value.Length, flexible);
        int pieces = value.PieceCount;
        for (int i = 0; i < pieces; i++)
            WriteRaw(value.Piece(i));
    }

    /// <summary>Bytes as they are; from <see cref="CopyUpTo"/> on spliced in, not copied.</summary>
    public void WriteRaw(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > CopyUpTo)
            Splice(bytes);
        else
            bytes.Span.CopyTo(Take(bytes.Length));
    }

    internal void WriteCount(int count, bool flexible)
    {
        if (flexible)
            WriteUnsignedVarint((uint)(count + 1));
        else
            WriteInt32(count);
    }

    internal void WriteList<T>(RecycledList<T> list, short version, bool flexible)
        where T : class, IMessagePart, new()
    {
        WriteCount(list.Count, flexible);
        foreach (T item in list)
            item.Write(this, version);
    }

    internal void WriteNullableList<T>(RecycledList<T>? list, short version, bool flexible)
        where T : class, IMessagePart, new()
    {
        if (list is null)
            WriteCount(-1, flexible);
        else
            WriteList(list, version, flexible);
    }

    internal void WriteIsNull(bool isNull) => WriteInt8(isNull ? (sbyte)-1 : (sbyte)1);

    /// <summary>
    /// A tagged field's size stands before its value, so the value is written aside first. These fields are small.
    /// </summary>
    internal ProtocolWriter BeginTaggedField()
    {
        _scratch ??= new ProtocolWriter();
        _scratch.Reset();
        return _scratch;
    }

    internal void EndTaggedField(int tag, ProtocolWriter value)
    {
        WriteUnsignedVarint((uint)tag);
        WriteUnsignedVarint(checked((uint)value.Length));
        foreach (ReadOnlyMemory<byte> segment in value.Segments)
            segment.Span.CopyTo(Take(segment.Length));
    }

    private void WriteByteLength(int length, bool flexible)
    {
        if (flexible)
            WriteUnsignedVarint((uint)(length + 1));
        else
            WriteInt32(length);
    }

    private void Splice(ReadOnlyMemory<byte> bytes)
    {
        CloseSegment();
        _segments.Add(bytes);
        _lengthBefore += bytes.Length;
    }
}
