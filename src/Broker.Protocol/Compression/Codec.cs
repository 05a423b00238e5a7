using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4.Streams;
using ZstdSharp;

namespace Broker.Protocol.Compression;

/// <summary>The four codecs of the protocol, as their libraries have them, with one face and one exception.</summary>
public static class Codec
{
    private const int ChunkSize = 64 * 1024;
    private const int ZstdLevel = 3;

    public static void Compress(CompressionType type, ReadOnlyMemory<byte> source, IBufferWriter<byte> target)
    {
        switch (type)
        {
            case CompressionType.None:
                target.Write(source.Span);
                break;
            case CompressionType.Gzip:
                CompressGzip(source.Span, target);
                break;
            case CompressionType.Snappy:
                SnappyFraming.Compress(source.Span, target);
                break;
            case CompressionType.Lz4:
                // Java's reader refuses frames whose blocks depend on each other.
                LZ4Frame.Encode(source.Span, target, new LZ4EncoderSettings { ChainBlocks = false });
                break;
            case CompressionType.Zstd:
                CompressZstd(source.Span, target);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a codec");
        }
    }

    /// <summary>Inflates into <paramref name="target"/>, whose bound is the limit.</summary>
    /// <exception cref="ProtocolException">The bytes are not what the codec wrote, or inflate too far.</exception>
    public static void Decompress(CompressionType type, ReadOnlyMemory<byte> source, BoundedBuffer target)
    {
        try
        {
            Inflate(type, source, target);
        }
        catch (Exception e) when (e is not (ProtocolException or OutOfMemoryException))
        {
            // The libraries have exceptions of every kind for broken input; to the protocol it is one thing.
            throw new ProtocolException($"the records can't be inflated as {type}: {e.Message}", e);
        }
    }

    private static void Inflate(CompressionType type, ReadOnlyMemory<byte> source, BoundedBuffer target)
    {
        switch (type)
        {
            case CompressionType.None:
                target.Write(source.Span);
                break;
            case CompressionType.Gzip:
                using (GZipStream gzip = new(AsStream(source), CompressionMode.Decompress))
                {
                    Drain(gzip, target);
                }

                break;
            case CompressionType.Snappy:
                SnappyFraming.Decompress(source.Span, target);
                break;
            case CompressionType.Lz4:
                using (LZ4DecoderStream lz4 = LZ4Stream.Decode(AsStream(source)))
                {
                    Drain(lz4, target);
                }

                break;
            case CompressionType.Zstd:
                using (DecompressionStream zstd = new(AsStream(source)))
                {
                    Drain(zstd, target);
                }

                break;
            default:
                throw new ProtocolException($"codec {(byte)type} is not known");
        }
    }

    private static void Drain(Stream inflating, BoundedBuffer target)
    {
        int read;
        while ((read = inflating.Read(target.GetSpan(ChunkSize))) > 0)
        {
            target.Advance(read);
        }
    }

    private static void CompressGzip(ReadOnlySpan<byte> source, IBufferWriter<byte> target)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(source);
        }

        target.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    private static void CompressZstd(ReadOnlySpan<byte> source, IBufferWriter<byte> target)
    {
        using Compressor zstd = new(ZstdLevel);
        Span<byte> room = target.GetSpan(Compressor.GetCompressBound(source.Length));
        target.Advance(zstd.Wrap(source, room));
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> source) =>
        MemoryMarshal.TryGetArray(source, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(source.ToArray(), writable: false);
}
