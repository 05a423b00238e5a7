using Broker.Protocol;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Storage;

namespace Broker.Server.Partitions;

/// <summary>A batch under the codec that its topic stores. Runs on the caller's thread.</summary>
internal static class BatchRecoding
{
    /// <summary>The codec of a topic's batches; null where each keeps its producer's.</summary>
    public static CompressionType? CodecOf(string compressionType) => compressionType switch
    {
        "producer" => null,
        "uncompressed" => CompressionType.None,
        "gzip" => CompressionType.Gzip,
        "snappy" => CompressionType.Snappy,
        "lz4" => CompressionType.Lz4,
        "zstd" => CompressionType.Zstd,
        _ => throw new ArgumentOutOfRangeException(nameof(compressionType), compressionType, "not a compression type"),
    };

    /// <summary>
    /// Puts the batch into a buffer of its own, with room for its frame and with the caller's hold on it. What came of
    /// it is still to be judged.
    /// </summary>
    /// <exception cref="ProtocolException">Its records can't be inflated, or not within the bound.</exception>
    public static ProduceBatch Recode(ReadOnlyMemory<byte> batch, CompressionType codec, in BatchRules rules)
    {
        using var bytes = new BoundedBuffer(int.MaxValue);
        RecordBatchRecoder.Recode(batch, codec, rules.MaxInflatedBytes, bytes);
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + bytes.WrittenCount);
        bytes.WrittenSpan.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        return new ProduceBatch(buffer, EntryFrame.HeaderSize, bytes.WrittenCount, Exclusive: true);
    }
}
