using System.Buffers;
using System.Buffers.Binary;
using Snappier;

namespace Broker.Protocol.Compression;

/// <summary>
/// Snappy comes in two forms: one raw block (librdkafka), and the framing that Java's library adds, a header and then
/// blocks with their lengths. Both are read; the raw one is written, which every client reads.
/// </summary>
internal static class SnappyFraming
{
    private const int JavaHeaderSize = 16;

    // 0x82, "SNAPPY", 0.
    private static ReadOnlySpan<byte> JavaMagic => [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0];

    public static void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> target)
    {
        Span<byte> room = target.GetSpan(Snappy.GetMaxCompressedLength(source.Length));
        target.Advance(Snappy.Compress(source, room));
    }

    public static void Decompress(ReadOnlySpan<byte> source, BoundedBuffer target)
    {
        if (!source.StartsWith(JavaMagic))
        {
            DecompressBlock(source, target);
            return;
        }

        if (source.Length < JavaHeaderSize)
        {
            throw new ProtocolException("the snappy header is cut off");
        }

        ReadOnlySpan<byte> rest = source[JavaHeaderSize..];
        while (!rest.IsEmpty)
        {
            if (rest.Length < sizeof(int))
            {
                throw new ProtocolException("a snappy block has no length");
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[sizeof(int)..];
            if (length < 0 || length > rest.Length)
            {
                throw new ProtocolException($"a snappy block of {length} bytes, {rest.Length} are left");
            }

            DecompressBlock(rest[..length], target);
            rest = rest[length..];
        }
    }

    private static void DecompressBlock(ReadOnlySpan<byte> block, BoundedBuffer target)
    {
        int length = Snappy.GetUncompressedLength(block);
        if (length < 0 || length > target.RoomLeft)
        {
            throw new ProtocolException($"a snappy block that claims {length} bytes inflates past the bound");
        }

        target.Advance(Snappy.Decompress(block, target.GetSpan(length)));
    }
}
