using System.Buffers.Binary;
using System.Text;
using Broker.Generators.Model;

namespace Broker.Protocol.Tests;

/// <summary>
/// A second, plain implementation of the wire form: it makes up a message field by field from the schema, writes it,
/// and remembers what it said as a tree of values. What the generated code reads and writes is compared with that.
/// </summary>
internal sealed class SchemaInterpreter(ApiLimits limits, MessageSchema message, short version, Random random)
{
    private readonly bool _flexible = version >= limits.FirstFlexible;

    /// <summary>How often a field with a default keeps it.</summary>
    public double KeepDefaults { get; init; } = 0.2;

    /// <summary>Whether tagged fields that no schema knows are strewn in; the generated code drops them.</summary>
    public bool UnknownTags { get; init; }

    public (byte[] Bytes, Dictionary<string, object?> Values) MakeUp()
    {
        var output = new List<byte>();
        Dictionary<string, object?> values = Struct(output, message.Root);
        return ([.. output], values);
    }

    private Dictionary<string, object?> Struct(List<byte> output, StructSchema part)
    {
        var values = new Dictionary<string, object?>();
        var tags = new SortedDictionary<int, List<byte>>();
        foreach (FieldSchema field in part.Fields.Where(field => field.Versions.Contains(version)))
        {
            if (field.Tag is null)
            {
                values[field.Name] = Value(output, field.Type);
            }
            else if (random.NextDouble() > KeepDefaults)
            {
                object? value;
                List<byte> bytes;
                do
                {
                    bytes = [];
                    value = Value(bytes, field.Type);
                }
                while (IsDefault(value, field));
                values[field.Name] = value;
                tags[field.Tag.Value] = bytes;
            }
        }

        if (_flexible)
            Tags(output, tags);
        return values;
    }

    private void Tags(List<byte> output, SortedDictionary<int, List<byte>> tags)
    {
        if (UnknownTags && random.Next(3) == 0)
            tags[random.Next(100, 100_000)] = [.. Enumerable.Repeat((byte)7, random.Next(5))];
        Varint(output, (uint)tags.Count);
        foreach ((int tag, List<byte> bytes) in tags)
        {
            Varint(output, (uint)tag);
            Varint(output, (uint)bytes.Count);
            output.AddRange(bytes);
        }
    }

    private object? Value(List<byte> output, FieldType type)
    {
        bool isNull = type.Nullable?.Contains(version) == true && random.Next(4) == 0;
        if (!type.IsArray)
            return type.Kind == FieldKind.Struct ? OneStruct(output, type, isNull) : Element(output, type, isNull);
        int count = isNull ? -1 : random.Next(4);
        Length(output, count, wide: true);
        if (isNull)
            return null;
        var items = new List<object?>();
        for (int i = 0; i < count; i++)
            items.Add(type.Kind == FieldKind.Struct ? Struct(output, Part(type)) : Element(output, type, false));
        return items;
    }

    private Dictionary<string, object?>? OneStruct(List<byte> output, FieldType type, bool isNull)
    {
        if (type.Nullable is not null)
            output.Add(isNull ? (byte)0xFF : (byte)1);
        return isNull ? null : Struct(output, Part(type));
    }

    private StructSchema Part(FieldType type) => message.Parts.First(part => part.Name == type.StructName);

    private object? Element(List<byte> output, FieldType type, bool isNull)
    {
        long number = random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-3, 1000);
        return type.Kind switch
        {
            FieldKind.Bool => Number(output, (number & 1), 1) != 0,
            FieldKind.Int8 => (long)(sbyte)Number(output, (sbyte)number, 1),
            FieldKind.Int16 or FieldKind.ErrorCode => Number(output, (short)number, 2),
            FieldKind.UInt16 => Number(output, (ushort)number, 2),
            FieldKind.Int32 or FieldKind.BrokerId => Number(output, (int)number, 4),
            FieldKind.UInt32 => Number(output, (uint)number, 4),
            FieldKind.Int64 or FieldKind.ProducerId => Number(output, number, 8),
            FieldKind.Uuid or FieldKind.TopicId => Uuid(output),
            FieldKind.String or FieldKind.TopicName => Text(output, isNull),
            FieldKind.Records or FieldKind.Bytes => Blob(output, isNull),
            _ => throw new NotSupportedException($"{type.Kind} is in no schema yet"),
        };
    }

    private static long Number(List<byte> output, long value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        output.AddRange(bytes[(8 - size)..]);
        return value;
    }

    private Guid Uuid(List<byte> output)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        output.AddRange(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    private string? Text(List<byte> output, bool isNull)
    {
        string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(8) switch
        {
            0 => "ü",
            1 => "鍵",
            2 => "🙂",
            _ => ((char)random.Next('a', 'z')).ToString(),
        }));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Length(output, isNull ? -1 : bytes.Length, wide: false);
        if (isNull)
            return null;
        output.AddRange(bytes);
        return text;
    }

    private byte[]? Blob(List<byte> output, bool isNull)
    {
        var bytes = new byte[random.Next(6) == 0 ? random.Next(20_000) : random.Next(50)];
        random.NextBytes(bytes);
        Length(output, isNull ? -1 : bytes.Length, wide: true);
        if (isNull)
            return null;
        output.AddRange(bytes);
        return bytes;
    }

    private void Length(List<byte> output, int length, bool wide)
    {
        if (_flexible)
            Varint(output, (uint)(length + 1));
        else
            Number(output, length, wide ? 4 : 2);
    }

    private static void Varint(List<byte> output, uint value)
    {
        for (; value >= 0x80; value >>= 7)
            output.Add((byte)(value | 0x80));
        output.Add((byte)value);
    }

    private static bool IsDefault(object? value, FieldSchema field) => value switch
    {
        null => true,
        long number => number == long.Parse(field.Default ?? "0"),
        bool flag => flag == (field.Default == "true"),
        string text => text.Length == 0 && field.Default is null,
        List<object?> list => list.Count == 0,
        _ => false,
    };
}
