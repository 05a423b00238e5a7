namespace Broker.Protocol;

/// <summary>
/// The bytes of a <c>records</c> field: null, one piece, or several that follow each other on the wire. They are
/// borrowed: after reading they are a slice of the frame, and what is written is spliced into the output without a
/// copy. So they must stay as they are until the frame was used or sent.
/// </summary>
public readonly struct RecordBytes
{
    private readonly ReadOnlyMemory<byte> _single;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>>? _pieces;
    private readonly bool _present;

    public RecordBytes(ReadOnlyMemory<byte> bytes)
    {
        _single = bytes;
        _present = true;
        Length = bytes.Length;
    }

    /// <summary>Several pieces, in order. The list is borrowed, too.</summary>
    public RecordBytes(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        long length = 0;
        for (int i = 0; i < pieces.Count; i++)
            length += pieces[i].Length;
        _pieces = pieces;
        _present = true;
        Length = checked((int)length);
    }

    public static readonly RecordBytes Empty = new(ReadOnlyMemory<byte>.Empty);

    public bool IsNull => !_present;

    public int Length { get; }

    public int PieceCount => _pieces?.Count ?? (_present ? 1 : 0);

    public ReadOnlyMemory<byte> Piece(int index) => _pieces is null ? _single : _pieces[index];

    /// <summary>All bytes as one: without a copy where there is one piece, as after reading.</summary>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            if (_pieces is null)
                return _single;
            var joined = new byte[Length];
            int position = 0;
            for (int i = 0; i < _pieces.Count; i++)
            {
                _pieces[i].CopyTo(joined.AsMemory(position));
                position += _pieces[i].Length;
            }

            return joined;
        }
    }

    public static implicit operator RecordBytes(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static implicit operator RecordBytes(byte[]? bytes) =>
        bytes is null ? default : new RecordBytes(bytes.AsMemory());
}
