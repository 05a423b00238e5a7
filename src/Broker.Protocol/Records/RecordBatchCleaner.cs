using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol.Compression;
using static Broker.Protocol.Records.RecordBatchLayout;

namespace Broker.Protocol.Records;

/// <summary>
/// Takes records out of a batch, as compaction does: what stays keeps its offset and time, the batch its base offset,
/// last offset delta, producer, sequence and codec. Reused from batch to batch by one owner.
/// </summary>
public sealed class RecordBatchCleaner : IDisposable
{
    private readonly BoundedBuffer _records = new(int.MaxValue);
    private readonly BoundedBuffer _batch = new(int.MaxValue);
    private long? _horizon;
    private long _maxTimestamp;

    /// <summary>How many records were kept.</summary>
    public int Count { get; private set; }

    /// <summary>The highest timestamp of those; -1 if none.</summary>
    public long MaxTimestamp => Count == 0 ? -1 : _maxTimestamp;

    /// <param name="horizon">Until when marks of deleted keys in the batch stay; null: as it was.</param>
    public void Begin(long? horizon)
    {
        _records.Clear();
        _horizon = horizon;
        _maxTimestamp = long.MinValue;
        Count = 0;
    }

    /// <summary>Keeps the record that the reader read last.</summary>
    public void Keep(RecordBatchReader reader, in RecordView record)
    {
        RecordBatchHeader header = reader.Header;
        long timestamp = header.BaseTimestamp + record.TimestampDelta;
        if (_horizon is { } horizon)
            WriteAnew(reader.RecordBytes.Span, timestamp - horizon);
        else
            _records.Write(reader.RecordBytes.Span);
        _maxTimestamp = Math.Max(_maxTimestamp, header.Attributes.IsLogAppendTime ? header.MaxTimestamp : timestamp);
        Count++;
    }

    /// <summary>The batch with what was kept; valid until the next one is built.</summary>
    /// <param name="batch">As it was.</param>
    public ReadOnlyMemory<byte> Build(ReadOnlySpan<byte> batch)
    {
        RecordBatchHeader header = RecordBatchHeader.Read(batch);
        RecordBatchAttributes attributes = header.Attributes;
        _batch.Clear();
        _batch.Write(batch[..HeaderSize]);
        if (Count == 0)
            attributes = attributes.With(CompressionType.None);
        if (attributes.Compression == CompressionType.None)
            _batch.Write(_records.WrittenSpan);
        else
            Codec.Compress(attributes.Compression, _records.WrittenMemory, _batch);

        Span<byte> built = _batch.WrittenForUpdate;
        if (_horizon is { } horizon)
        {
            attributes = attributes.WithDeleteHorizon();
            BinaryPrimitives.WriteInt64BigEndian(built[BaseTimestamp..], horizon);
        }

        BinaryPrimitives.WriteInt32BigEndian(built[BatchLength..], built.Length - LogOverhead);
        BinaryPrimitives.WriteInt16BigEndian(built[Attributes..], attributes.Bits);
        BinaryPrimitives.WriteInt32BigEndian(built[RecordCount..], Count);

        // An empty one still says when its producer was last heard of.
        if (Count > 0)
            BinaryPrimitives.WriteInt64BigEndian(built[RecordBatchLayout.MaxTimestamp..], _maxTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(built[Crc..], Crc32C.Compute(built[Attributes..]));
        return _batch.WrittenMemory;
    }

    public void Dispose()
    {
        _records.Dispose();
        _batch.Dispose();
    }

    /// <summary>
    /// The same record, told by another base: length, attributes, timestamp delta, and all that follows.
    /// </summary>
    private void WriteAnew(ReadOnlySpan<byte> record, long timestampDelta)
    {
        int at = 0;
        ZigZag.TryRead(record, ref at, out int _);
        byte attributes = record[at++];
        ZigZag.TryRead(record, ref at, out long _);
        ReadOnlySpan<byte> rest = record[at..];
        Write(1 + ZigZag.SizeOf(timestampDelta) + rest.Length);
        _records.GetSpan(1)[0] = attributes;
        _records.Advance(1);
        Write(timestampDelta);
        _records.Write(rest);
    }

    private void Write(long number) => _records.Advance(ZigZag.Write(_records.GetSpan(ZigZag.MaxInt64Bytes), number));
}
