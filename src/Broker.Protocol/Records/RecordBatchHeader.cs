using System.Buffers.Binary;
using Broker.Model;
using static Broker.Protocol.Records.RecordBatchLayout;

namespace Broker.Protocol.Records;

/// <summary>
/// The header of a record batch, read but not believed: <see cref="RecordBatchValidator"/> judges it.
/// </summary>
public readonly record struct RecordBatchHeader
{
    public Offset BaseOffset { get; private init; }

    /// <summary>As on the wire: the bytes behind the length field.</summary>
    public int BatchLength { get; private init; }

    public int LeaderEpoch { get; private init; }
    public byte Magic { get; private init; }
    public uint Crc { get; private init; }
    public RecordBatchAttributes Attributes { get; private init; }
    public int LastOffsetDelta { get; private init; }

    /// <summary>Milliseconds since 1970, as all timestamps of the protocol.</summary>
    public long BaseTimestamp { get; private init; }

    public long MaxTimestamp { get; private init; }
    public ProducerId ProducerId { get; private init; }
    public short ProducerEpoch { get; private init; }
    public int BaseSequence { get; private init; }
    public int RecordCount { get; private init; }

    /// <summary>The whole batch in bytes; negative or small if <see cref="BatchLength"/> lies.</summary>
    public long SizeInBytes => (long)BatchLength + LogOverhead;

    public Offset LastOffset => BaseOffset + LastOffsetDelta;

    public Offset NextOffset => BaseOffset + LastOffsetDelta + 1;

    public bool IsIdempotent => ProducerId.Value >= 0;

    /// <summary>The sequence of the last record; sequences wrap to 0 after 2³¹−1.</summary>
    public int LastSequence => SequenceAfter(BaseSequence, LastOffsetDelta);

    /// <param name="batch">At least <see cref="HeaderSize"/> bytes.</param>
    public static RecordBatchHeader Read(ReadOnlySpan<byte> batch)
    {
        ReadOnlySpan<byte> header = batch[..HeaderSize];
        return new RecordBatchHeader
        {
            BaseOffset = new Offset(BinaryPrimitives.ReadInt64BigEndian(header[RecordBatchLayout.BaseOffset..])),
            BatchLength = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.BatchLength..]),
            LeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.LeaderEpoch..]),
            Magic = header[RecordBatchLayout.Magic],
            Crc = BinaryPrimitives.ReadUInt32BigEndian(header[RecordBatchLayout.Crc..]),
            Attributes = new RecordBatchAttributes(
                BinaryPrimitives.ReadInt16BigEndian(header[RecordBatchLayout.Attributes..])),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.LastOffsetDelta..]),
            BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(header[RecordBatchLayout.BaseTimestamp..]),
            MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(header[RecordBatchLayout.MaxTimestamp..]),
            ProducerId = new ProducerId(BinaryPrimitives.ReadInt64BigEndian(header[RecordBatchLayout.ProducerId..])),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(header[RecordBatchLayout.ProducerEpoch..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.BaseSequence..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatchLayout.RecordCount..]),
        };
    }

    /// <summary>The sequence that stands <paramref name="count"/> records after <paramref name="sequence"/>.</summary>
    public static int SequenceAfter(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);
}
