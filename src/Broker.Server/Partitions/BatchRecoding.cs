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
    /// Puts the batch, which was judged before, into a buffer of its own, with room for its frame, and with the
    /// caller's hold on it.
    /// </summary>
    public static bool TryRecode(
        ReadOnlyMemory<byte> batch,
        CompressionType codec,
        int maxBatchBytes,
        out ProduceBatch recoded,
        out ProduceOutcome refusal)
    {
        (recoded, refusal) = (default, default);
        using var bytes = new BoundedBuffer(int.MaxValue);
        try
        {
            RecordBatchRecoder.Recode(batch, codec, new BatchRules(maxBatchBytes).MaxInflatedBytes, bytes);
        }
        catch (ProtocolException unreadable)
        {
            refusal = new ProduceOutcome(PartitionFault.InvalidRecord) { Message = unreadable.Message };
            return false;
        }

        if (bytes.WrittenCount > maxBatchBytes)
        {
            string message = $"the batch has {bytes.WrittenCount} bytes as {codec}; {maxBatchBytes} are allowed";
            refusal = new ProduceOutcome(PartitionFault.BatchTooLarge) { Message = message };
            return false;
        }

        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + bytes.WrittenCount);
        bytes.WrittenSpan.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        recoded = new ProduceBatch(buffer, EntryFrame.HeaderSize, bytes.WrittenCount, Exclusive: true);
        return true;
    }
}
