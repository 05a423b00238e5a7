using Broker.Model;
using Broker.Protocol.Compression;

namespace Broker.Protocol.Records;

/// <summary>
/// Judges a batch that a producer sent. What is checked always: the header, the checksum, that the count and the last
/// offset agree, the attributes. The records of an uncompressed batch are walked once; a compressed one is opened
/// only if asked.
/// </summary>
public static class RecordBatchValidator
{
    private const int NoRecord = -1;

    /// <param name="batch">Exactly one batch is expected; a producer sends one for each partition.</param>
    /// <param name="rules">What the topic asks for.</param>
    public static BatchVerdict Validate(ReadOnlyMemory<byte> batch, in BatchRules rules)
    {
        ReadOnlySpan<byte> bytes = batch.Span;
        if (bytes.Length < RecordBatchLayout.HeaderSize)
        {
            // The magic stands at the same place in every format, so an old one can be named even if the rest is short.
            byte magic = bytes.Length > RecordBatchLayout.Magic ? bytes[RecordBatchLayout.Magic] : byte.MaxValue;
            return magic < RecordBatchLayout.CurrentMagic
                ? Refuse(default, BatchFault.UnsupportedMagic, $"message format {magic} is not served")
                : Refuse(default, BatchFault.Truncated, $"{bytes.Length} bytes are too few for a record batch");
        }

        RecordBatchHeader header = RecordBatchHeader.Read(bytes);
        if (CheckHeader(bytes, header, rules) is { } refusal)
        {
            return refusal;
        }

        ReadOnlyMemory<byte> records = batch[RecordBatchLayout.HeaderSize..];
        if (header.Attributes.Compression == CompressionType.None)
        {
            return Walk(records.Span, header);
        }

        return rules.OpenCompressed
            ? WalkCompressed(records, header, rules.MaxInflatedBytes)
            : Accept(header, header.MaxTimestamp);
    }

    private static BatchVerdict? CheckHeader(ReadOnlySpan<byte> batch, in RecordBatchHeader header, in BatchRules rules)
    {
        if (header.Magic != RecordBatchLayout.CurrentMagic)
        {
            return Refuse(header, BatchFault.UnsupportedMagic, $"message format {header.Magic} is not served");
        }

        if (header.SizeInBytes != batch.Length)
        {
            return Refuse(header, BatchFault.Truncated,
                $"the batch says it has {header.SizeInBytes} bytes, {batch.Length} were sent; only one may be");
        }

        if (batch.Length > rules.MaxBatchBytes)
        {
            return Refuse(header, BatchFault.TooLarge,
                $"the batch has {batch.Length} bytes, max.message.bytes allows {rules.MaxBatchBytes}");
        }

        if (header.Crc != Crc32C.Compute(batch[RecordBatchLayout.Attributes..]))
        {
            return Refuse(header, BatchFault.CorruptCrc, "the batch's checksum does not match its bytes");
        }

        return CheckFields(header);
    }

    private static BatchVerdict? CheckFields(in RecordBatchHeader header)
    {
        RecordBatchAttributes attributes = header.Attributes;
        if (attributes.Compression > CompressionType.Zstd)
        {
            return Refuse(header, BatchFault.UnsupportedCodec, $"codec {(byte)attributes.Compression} is not known");
        }

        if (!attributes.IsKnown || attributes.IsControl)
        {
            return Refuse(header, BatchFault.InvalidRecord,
                $"attributes {attributes.Bits:x4} are not for a producer to set");
        }

        if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
        {
            return Refuse(header, BatchFault.InvalidRecord,
                $"{header.RecordCount} records do not go with a last offset delta of {header.LastOffsetDelta}");
        }

        bool namesProducer = header.ProducerEpoch >= 0 && header.BaseSequence >= 0;
        if (header.IsIdempotent ? !namesProducer : attributes.IsTransactional)
        {
            return Refuse(header, BatchFault.InvalidRecord,
                $"producer {header.ProducerId}, epoch {header.ProducerEpoch}, sequence {header.BaseSequence} disagree");
        }

        return null;
    }

    private static BatchVerdict Walk(ReadOnlySpan<byte> records, in RecordBatchHeader header)
    {
        int position = 0;
        long maxTimestamp = long.MinValue;
        for (int i = 0; i < header.RecordCount; i++)
        {
            if (!RecordParser.TryRead(records, ref position, out RecordView record))
            {
                return Refuse(header, BatchFault.InvalidRecord, $"record {i} is malformed", i);
            }

            if (record.OffsetDelta != i)
            {
                return Refuse(header, BatchFault.InvalidRecord, $"record {i} has offset delta {record.OffsetDelta}", i);
            }

            maxTimestamp = Math.Max(maxTimestamp, header.BaseTimestamp + record.TimestampDelta);
        }

        return position == records.Length
            ? Accept(header, header.Attributes.IsLogAppendTime ? header.MaxTimestamp : maxTimestamp)
            : Refuse(header, BatchFault.InvalidRecord, $"{records.Length - position} bytes behind the last record");
    }

    private static BatchVerdict WalkCompressed(
        ReadOnlyMemory<byte> records, in RecordBatchHeader header, int maxInflatedBytes)
    {
        using BoundedBuffer inflated = new(maxInflatedBytes);
        try
        {
            Codec.Decompress(header.Attributes.Compression, records, inflated);
        }
        catch (ProtocolException e)
        {
            return Refuse(header, BatchFault.InvalidRecord, e.Message);
        }

        return Walk(inflated.WrittenSpan, header);
    }

    private static BatchVerdict Accept(in RecordBatchHeader header, long maxTimestamp) =>
        new(BatchFault.None, header, maxTimestamp, NoRecord, null);

    private static BatchVerdict Refuse(
        in RecordBatchHeader header, BatchFault fault, string message, int record = NoRecord) =>
        new(fault, header, header.MaxTimestamp, record, message);
}
