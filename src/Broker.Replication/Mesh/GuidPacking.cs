using System.Buffers;
using MessagePack;

namespace Broker.Replication;

/// <summary>UUIDs in MessagePack: 16 bytes, big-endian.</summary>
internal static class GuidPacking
{
    private const int Size = 16;

    public static void WriteGuid(this ref MessagePackWriter writer, Guid value)
    {
        writer.WriteBinHeader(Size);
        value.TryWriteBytes(writer.GetSpan(Size), bigEndian: true, out _);
        writer.Advance(Size);
    }

    public static Guid ReadGuid(this ref MessagePackReader reader)
    {
        ReadOnlySequence<byte> read = reader.ReadBytes() ?? default;
        if (read.Length != Size)
            throw new MessagePackSerializationException("Not a UUID.");

        Span<byte> bytes = stackalloc byte[Size];
        read.CopyTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }
}
