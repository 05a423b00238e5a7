namespace Broker.Protocol.Records;

/// <summary>Goes over a record's headers; allocates nothing.</summary>
public ref struct RecordHeaderEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _left;
    private int _position;

    internal RecordHeaderEnumerator(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        _left = count;
    }

    public RecordHeaderView Current { get; private set; }

    public readonly RecordHeaderEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        if (!RecordParser.TryReadHeader(_bytes, ref _position, out RecordHeaderView header))
        {
            throw new ProtocolException("a record's header runs past its end");
        }

        Current = header;
        return true;
    }
}
