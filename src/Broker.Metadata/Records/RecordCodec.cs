using System.Buffers;
using MessagePack;

namespace Broker.Metadata;

/// <summary>Batches of records as bytes: what one entry of the metadata log carries.</summary>
public static class RecordCodec
{
    private const int FormatVersion = 1;

    public static byte[] Encode(IReadOnlyList<MetadataRecord> records)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(FormatVersion);
        writer.WriteArrayHeader(records.Count);
        foreach (MetadataRecord record in records)
        {
            MessagePackSerializer.Serialize(ref writer, record, MetadataEncoding.Options);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="MetadataRecordException">The bytes are damaged, or of a newer version than this.</exception>
    public static IReadOnlyList<MetadataRecord> Decode(in ReadOnlySequence<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            ReadFormat(ref reader);
            var records = new MetadataRecord[reader.ReadArrayHeader()];
            for (int i = 0; i < records.Length; i++)
            {
                records[i] = ReadRecord(ref reader);
            }

            return records;
        }
        catch (Exception e)
            when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new MetadataRecordException("A metadata entry can't be read: its bytes are damaged.", e);
        }
    }

    private static void ReadFormat(ref MessagePackReader reader)
    {
        int parts = reader.ReadArrayHeader();
        int version = reader.ReadInt32();
        if (parts != 2 || version != FormatVersion)
        {
            throw new NewerVersionException(
                $"A metadata entry has format {version}; this version reads format {FormatVersion} only.");
        }
    }

    // The union's formatter answers null for a kind that it does not know; a record must never be skipped unseen.
    private static MetadataRecord ReadRecord(ref MessagePackReader reader)
    {
        MessagePackReader ahead = reader.CreatePeekReader();
        ahead.ReadArrayHeader();
        int kind = ahead.ReadInt32();
        return MessagePackSerializer.Deserialize<MetadataRecord?>(ref reader, MetadataEncoding.Options)
            ?? throw new NewerVersionException(
                $"A metadata record of kind {kind} was written by a newer version than this one, which knows feature "
                + $"levels to {FeatureLevel.Newest}: update this broker.");
    }
}
