using Broker.Protocol.Compression;

namespace Broker.Protocol.Records;

/// <summary>
/// Goes over the records of one batch, inflating them first where they are compressed. Reused from batch to batch by
/// one owner; what it hands out lives until the next <see cref="Open"/>.
/// </summary>
public sealed class RecordBatchReader(int maxInflatedBytes = 256 << 20) : IDisposable
{
    private readonly BoundedBuffer _inflated = new(maxInflatedBytes);
    private ReadOnlyMemory<byte> _records;
    private int _position;
    private int _left;
    private int _began;

    public RecordBatchHeader Header { get; private set; }

    /// <summary>The record that was read last as it stands in the batch, its length before it.</summary>
    internal ReadOnlyMemory<byte> RecordBytes => _records[_began.._position];

    /// <param name="batch">Begins with a batch; what follows it is ignored.</param>
    /// <exception cref="ProtocolException">It is no batch, or can't be inflated.</exception>
    public void Open(ReadOnlyMemory<byte> batch)
    {
        if (batch.Length < RecordBatchLayout.HeaderSize)
        {
            throw new ProtocolException($"{batch.Length} bytes are too few for a record batch");
        }

        Header = RecordBatchHeader.Read(batch.Span);
        if (Header.Magic != RecordBatchLayout.CurrentMagic || Header.SizeInBytes < RecordBatchLayout.HeaderSize
            || Header.SizeInBytes > batch.Length || Header.RecordCount < 0)
        {
            throw new ProtocolException(
                $"not a record batch: format {Header.Magic}, {Header.SizeInBytes} bytes, {Header.RecordCount} records");
        }

        ReadOnlyMemory<byte> records = batch[RecordBatchLayout.HeaderSize..(int)Header.SizeInBytes];
        if (Header.Attributes.Compression != CompressionType.None)
        {
            _inflated.Clear();
            Codec.Decompress(Header.Attributes.Compression, records, _inflated);
            records = _inflated.WrittenMemory;
        }

        _records = records;
        Rewind();
    }

    /// <summary>Begins again at the first record of the batch that is open.</summary>
    public void Rewind()
    {
        _position = _began = 0;
        _left = Header.RecordCount;
    }

    /// <summary>False after the last record.</summary>
    /// <exception cref="ProtocolException">A record is malformed.</exception>
    public bool TryRead(out RecordView record)
    {
        if (_left == 0)
        {
            record = default;
            return false;
        }

        _began = _position;
        if (!RecordParser.TryRead(_records.Span, ref _position, out record))
        {
            int index = Header.RecordCount - _left;
            throw new ProtocolException($"record {index} of the batch at {Header.BaseOffset} is malformed");
        }

        _left--;
        return true;
    }

    public void Dispose() => _inflated.Dispose();
}
