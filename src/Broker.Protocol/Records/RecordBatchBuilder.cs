using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Broker.Model;
using Broker.Protocol.Compression;

namespace Broker.Protocol.Records;

/// <summary>
/// Writes one record batch: records are appended one by one, and <see cref="Build"/> puts the header before them. Has
/// one owner; <see cref="Reset"/> makes it ready for the next batch and keeps its memory.
/// </summary>
public sealed class RecordBatchBuilder(CompressionType compression = CompressionType.None) : IDisposable
{
    private readonly BoundedBuffer _batch = new(int.MaxValue);
    private long _baseTimestamp;
    private long _maxTimestamp;

    public int RecordCount { get; private set; }

    /// <summary>What the batch has now, before compression.</summary>
    public int SizeInBytes => RecordCount == 0 ? RecordBatchLayout.HeaderSize : _batch.WrittenCount;

    /// <summary>The most that a record can add to a batch, its lengths included.</summary>
    public static int MaxSizeOf(
        int keyLength, int valueLength, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null)
    {
        int size = 1 + ZigZag.MaxInt64Bytes + (5 * ZigZag.MaxInt32Bytes) + keyLength + valueLength;
        for (int i = 0; i < (headers?.Count ?? 0); i++)
        {
            (string key, byte[]? value) = headers![i];
            size += (2 * ZigZag.MaxInt32Bytes) + Encoding.UTF8.GetByteCount(key) + (value?.Length ?? 0);
        }

        return size;
    }

    /// <summary>
    /// As the other one; an array that is null means null, where its conversion to memory would mean empty.
    /// </summary>
    public void Append(
        long timestamp, byte[]? key, byte[]? value, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null) =>
        Append(timestamp, MemoryOf(key), MemoryOf(value), headers);

    /// <param name="timestamp">Milliseconds since 1970.</param>
    /// <param name="key">Null for no key.</param>
    /// <param name="value">Null for a tombstone.</param>
    /// <param name="headers">Null for none.</param>
    public void Append(
        long timestamp,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null)
    {
        if (RecordCount == 0)
        {
            _batch.GetSpan(RecordBatchLayout.HeaderSize)[..RecordBatchLayout.HeaderSize].Clear();
            _batch.Advance(RecordBatchLayout.HeaderSize);
            _baseTimestamp = _maxTimestamp = timestamp;
        }

        long timestampDelta = timestamp - _baseTimestamp;
        int length = 1 + ZigZag.SizeOf(timestampDelta) + ZigZag.SizeOf(RecordCount)
            + SizeOf(key) + SizeOf(value) + SizeOf(headers);
        Write(length);
        _batch.GetSpan(1)[0] = 0;
        _batch.Advance(1);
        Write(timestampDelta);
        Write(RecordCount);
        Write(key);
        Write(value);
        Write(headers);
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        RecordCount++;
    }

    /// <summary>The finished batch, valid until <see cref="Reset"/>; built once, after the last record.</summary>
    public ReadOnlyMemory<byte> Build(
        ProducerId? producerId = null, short producerEpoch = -1, int baseSequence = -1, bool isTransactional = false) =>
        Build(
            RecordBatchAttributes.Of(compression, isTransactional),
            producerId ?? ProducerId.None,
            producerEpoch,
            baseSequence);

    /// <summary>As a control batch: of no sequence, and not a producer's to send.</summary>
    public ReadOnlyMemory<byte> BuildControl(ProducerId producerId, short producerEpoch) =>
        Build(RecordBatchAttributes.Of(compression).AsControl(), producerId, producerEpoch, baseSequence: -1);

    /// <summary>Names another producer or sequence in a batch that is built already, and renews the checksum.</summary>
    public void Restamp(ProducerId producerId, short producerEpoch, int baseSequence)
    {
        Span<byte> batch = _batch.WrittenForUpdate;
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], producerId.Value);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], baseSequence);
        uint crc = Crc32C.Compute(batch[RecordBatchLayout.Attributes..]);
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], crc);
    }

    public void Reset()
    {
        _batch.Clear();
        RecordCount = 0;
    }

    public void Dispose() => _batch.Dispose();

    private ReadOnlyMemory<byte> Build(
        RecordBatchAttributes attributes, ProducerId producerId, short producerEpoch, int baseSequence)
    {
        if (RecordCount == 0)
        {
            throw new InvalidOperationException("a batch without records can't be built");
        }

        if (compression != CompressionType.None)
        {
            CompressRecords();
        }

        Span<byte> header = _batch.WrittenForUpdate;
        int batchLength = header.Length - RecordBatchLayout.LogOverhead;
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.BatchLength..], batchLength);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.LeaderEpoch..], -1);
        header[RecordBatchLayout.Magic] = RecordBatchLayout.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(header[RecordBatchLayout.Attributes..], attributes.Bits);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.LastOffsetDelta..], RecordCount - 1);
        BinaryPrimitives.WriteInt64BigEndian(header[RecordBatchLayout.BaseTimestamp..], _baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(header[RecordBatchLayout.MaxTimestamp..], _maxTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.RecordCount..], RecordCount);
        Restamp(producerId, producerEpoch, baseSequence);
        return _batch.WrittenMemory;
    }

    private void CompressRecords()
    {
        using BoundedBuffer compressed = new(int.MaxValue);
        Codec.Compress(compression, _batch.WrittenMemory[RecordBatchLayout.HeaderSize..], compressed);
        _batch.Clear();
        _batch.GetSpan(RecordBatchLayout.HeaderSize)[..RecordBatchLayout.HeaderSize].Clear();
        _batch.Advance(RecordBatchLayout.HeaderSize);
        _batch.Write(compressed.WrittenSpan);
    }

    private static ReadOnlyMemory<byte>? MemoryOf(byte[]? bytes) =>
        bytes is null ? default(ReadOnlyMemory<byte>?) : bytes.AsMemory();

    private static int SizeOf(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? ZigZag.SizeOf(some.Length) + some.Length : ZigZag.SizeOf(-1);

    private static int SizeOf(IReadOnlyList<KeyValuePair<string, byte[]?>>? headers)
    {
        int count = headers?.Count ?? 0;
        int size = ZigZag.SizeOf(count);
        for (int i = 0; i < count; i++)
        {
            int key = Encoding.UTF8.GetByteCount(headers![i].Key);
            size += ZigZag.SizeOf(key) + key + SizeOf(MemoryOf(headers[i].Value));
        }

        return size;
    }

    private void Write(IReadOnlyList<KeyValuePair<string, byte[]?>>? headers)
    {
        int count = headers?.Count ?? 0;
        Write(count);
        for (int i = 0; i < count; i++)
        {
            Write(MemoryOf(Encoding.UTF8.GetBytes(headers![i].Key)));
            Write(MemoryOf(headers[i].Value));
        }
    }

    private void Write(ReadOnlyMemory<byte>? bytes)
    {
        Write(bytes?.Length ?? -1);
        _batch.Write((bytes ?? default).Span);
    }

    private void Write(long number) => _batch.Advance(ZigZag.Write(_batch.GetSpan(ZigZag.MaxInt64Bytes), number));
}
