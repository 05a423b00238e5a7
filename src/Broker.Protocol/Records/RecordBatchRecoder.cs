using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol.Compression;
using static Broker.Protocol.Records.RecordBatchLayout;

namespace Broker.Protocol.Records;

/// <summary>Gives a batch another codec (<c>compression.type</c> of a topic).</summary>
public static class RecordBatchRecoder
{
    /// <summary>
    /// Writes the batch with its records compressed by <paramref name="codec"/>; all else stays, but for length and
    /// checksum.
    /// </summary>
    /// <exception cref="ProtocolException">The records can't be inflated, or not within the bound.</exception>
    public static void Recode(
        ReadOnlyMemory<byte> batch, CompressionType codec, int maxInflatedBytes, BoundedBuffer into)
    {
        RecordBatchAttributes attributes = new(BinaryPrimitives.ReadInt16BigEndian(batch.Span[Attributes..]));
        using BoundedBuffer records = new(maxInflatedBytes);
        Codec.Decompress(attributes.Compression, batch[HeaderSize..], records);

        int start = into.WrittenCount;
        into.Write(batch.Span[..HeaderSize]);
        Codec.Compress(codec, records.WrittenMemory, into);
        Span<byte> recoded = into.WrittenForUpdate[start..];
        BinaryPrimitives.WriteInt32BigEndian(recoded[BatchLength..], recoded.Length - LogOverhead);
        BinaryPrimitives.WriteInt16BigEndian(recoded[Attributes..], attributes.With(codec).Bits);
        BinaryPrimitives.WriteUInt32BigEndian(recoded[Crc..], Crc32C.Compute(recoded[Attributes..]));
    }
}
