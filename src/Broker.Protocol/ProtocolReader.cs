using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Broker.Protocol;

/// <summary>
/// Takes values out of one frame. Every length and count is checked against the bytes that remain before room is made
/// for what it announces, and the number of elements in a frame has a bound besides, since an element takes more
/// memory than wire.
/// </summary>
public ref partial struct ProtocolReader
{
    /// <summary>Enough for the metadata of many thousands of partitions, and a few dozen MiB at worst.</summary>
    public const int DefaultMaxElements = 1 << 18;

    private readonly ReadOnlyMemory<byte> _frame;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly NameCache? _names;
    private int _position;
    private int _end;
    private int _elementsLeft;

    /// <param name="frame">A frame without its length; slices of it are handed out, so it must outlive the
    /// message.</param>
    /// <param name="names">Where strings of names are looked up; null makes new ones.</param>
    /// <param name="maxElements">How many strings and structs in arrays the frame may hold.</param>
    public ProtocolReader(ReadOnlyMemory<byte> frame, NameCache? names = null, int maxElements = DefaultMaxElements)
    {
        _frame = frame;
        _bytes = frame.Span;
        _names = names;
        _end = frame.Length;
        _elementsLeft = maxElements;
    }

    public readonly int Position => _position;

    public readonly int Remaining => _end - _position;

    /// <summary>Kafka itself lets bytes behind a message pass; whoever wants to know calls this.</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining != 0)
            Fail($"{Remaining} bytes are left behind the message");
    }

    public bool ReadBoolean() => Take(1)[0] != 0;

    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte one = Take(1)[0];
            if (shift == 28 && one > 0x0F)
                break;
            value |= (uint)(one & 0x7F) << shift;
            if (one < 0x80)
                return value;
        }

        Fail("a varint is too long");
        return 0;
    }

    public string ReadString(bool flexible) => ReadNullableString(flexible) ?? FailNull<string>("string");

    public string? ReadNullableString(bool flexible) =>
        TryTakeText(flexible, out ReadOnlySpan<byte> utf8) ? Encoding.UTF8.GetString(utf8) : null;

    public string ReadName(bool flexible) => ReadNullableName(flexible) ?? FailNull<string>("name");

    public string? ReadNullableName(bool flexible)
    {
        if (!TryTakeText(flexible, out ReadOnlySpan<byte> utf8))
            return null;
        return _names is null ? Encoding.UTF8.GetString(utf8) : _names.Get(utf8);
    }

    public ReadOnlyMemory<byte> ReadBytes(bool flexible) =>
        ReadNullableBytes(flexible) ?? FailNull<byte[]>("byte field");

    public ReadOnlyMemory<byte>? ReadNullableBytes(bool flexible)
    {
        int length = flexible ? ReadCompactLength() : ReadInt32();

        // A plain null would become an empty memory here: there is a conversion from a null array.
        return TakeLength(length) is { } start ? _frame.Slice(start, length) : default(ReadOnlyMemory<byte>?);
    }

    public RecordBytes ReadRecords(bool flexible) => new(ReadBytes(flexible));

    public RecordBytes ReadNullableRecords(bool flexible) =>
        ReadNullableBytes(flexible) is { } bytes ? new RecordBytes(bytes) : default;

    private bool TryTakeText(bool flexible, out ReadOnlySpan<byte> utf8)
    {
        int length = flexible ? ReadCompactLength() : ReadInt16();
        int? start = TakeLength(length);
        utf8 = start is null ? default : _bytes.Slice(start.Value, length);
        if (!Utf8.IsValid(utf8))
            Fail("a string is not UTF-8");
        return start is not null;
    }

    private int? TakeLength(int length)
    {
        if (length == -1)
            return null;
        if (length < 0 || length > Remaining)
            Fail($"a length of {length} with {Remaining} bytes left");
        int start = _position;
        _position += length;
        return start;
    }

    private int ReadCompactLength()
    {
        uint lengthPlusOne = ReadUnsignedVarint();
        if (lengthPlusOne > int.MaxValue)
            Fail("a length beyond 2 GiB");
        return (int)lengthPlusOne - 1;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _end - _position)
            Fail($"{length} bytes expected, {Remaining} left");
        ReadOnlySpan<byte> taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    [DoesNotReturn]
    private readonly void Fail(string what) =>
        throw new ProtocolException($"{what} (at byte {_position} of the frame).");

    [DoesNotReturn]
    private readonly T FailNull<T>(string what)
    {
        Fail($"null where a {what} must stand");
        return default;
    }
}
