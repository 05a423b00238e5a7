using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Walks the frames of a segment file in order and verifies each: checksum, index and offset follow on, terms do not go
/// back. Reads ahead in large pieces; the entry that it shows is good until the next step, or as long as its buffer is
/// retained.
/// </summary>
internal sealed class FrameCursor : IDisposable
{
    /// <summary>For a walk over much: reads ahead this far.</summary>
    public const int LongPiece = 1 << 20;

    /// <summary>For a search that ends soon.</summary>
    public const int ShortPiece = 64 << 10;

    private readonly IFile _file;
    private readonly long _end;
    private readonly int _pieceSize;
    private SharedBuffer? _piece;
    private long _pieceStart;
    private int _pieceLength;

    /// <param name="file">The segment.</param>
    /// <param name="at">Where the next frame begins, and what stands there.</param>
    /// <param name="end">Where to stop reading: a length of the file.</param>
    /// <param name="piece">How much to read at once.</param>
    public FrameCursor(IFile file, in IndexRecord at, long end, int piece = LongPiece)
    {
        _pieceSize = piece;
        _file = file;
        _end = end;
        _pieceStart = at.Position;
        Position = at.Position;
        NextIndex = at.Index;
        NextOffset = at.Offset;
        LastTerm = at.Term;
        MaxTimestamp = at.MaxTimestampBefore;
    }

    /// <summary>Where the next frame begins.</summary>
    public long Position { get; private set; }

    public LogIndex NextIndex { get; private set; }

    public Offset NextOffset { get; private set; }

    public Term LastTerm { get; private set; }

    /// <summary>The highest timestamp so far, counted from the beginning of the segment.</summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>The frame that the last step passed, and where it stands.</summary>
    public LogEntry Entry { get; private set; }

    public long EntryPosition { get; private set; }

    public long EntryMaxTimestampBefore { get; private set; }

    /// <summary>The point behind the last frame that was passed.</summary>
    public IndexRecord Here => new(NextIndex, NextOffset, LastTerm, Position, MaxTimestamp, LogIndex.Zero);

    /// <summary>What stopped the walk, or "" at a clean end.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Steps over the next frame. False at the end, or at what is not the next frame (see Problem).</summary>
    public bool TryStep()
    {
        long left = _end - Position;
        if (left == 0)
            return false;
        if (left < EntryFrame.HeaderSize)
            return Stop($"{left} bytes are left over, too few for a frame");
        if (EntryFrame.TryReadLength(Ensure(EntryFrame.LengthSize), out int length) is not FrameStatus.Ok)
            return Stop("the frame's length is impossible");
        if (length > left)
            return Stop($"the frame has {length} bytes, but only {left} are there");
        Ensure(length);
        int start = (int)(Position - _pieceStart);
        switch (EntryFrame.TryRead(_piece!, start, length, out LogEntry entry))
        {
            case FrameStatus.Ok:
                return Accept(entry);
            case FrameStatus.UnknownKind:
                throw new StorageException(
                    $"the entry {NextIndex} at position {Position} is of a kind that this version does not know: " +
                    "it was written by a newer broker, which has to be installed again");
            default:
                return Stop("the frame's checksum does not fit");
        }
    }

    public void Dispose() => _piece?.Release();

    private bool Accept(in LogEntry entry)
    {
        if (entry.Index != NextIndex)
            return Stop($"the frame has index {entry.Index} instead of {NextIndex}");
        if (entry.Offset != NextOffset)
            return Stop($"the frame stands at offset {entry.Offset} instead of {NextOffset}");
        if (entry.Term < LastTerm)
            return Stop($"the frame's term {entry.Term} is lower than the term {LastTerm} before it");
        LogIndex last = entry.LastIndex;
        if (entry.OffsetSpan < 0 || last < entry.Index
            || (entry.Kind is not EntryKind.Hole && entry.Kind is EntryKind.Data != (entry.OffsetSpan > 0)))
        {
            return Stop($"a frame of kind {entry.Kind} cannot take {entry.OffsetSpan} offsets");
        }

        Entry = entry;
        EntryPosition = Position;
        EntryMaxTimestampBefore = MaxTimestamp;
        Position += entry.Length;
        NextIndex = last + 1;
        NextOffset = entry.NextOffset;
        LastTerm = entry.Term;
        MaxTimestamp = Math.Max(MaxTimestamp, entry.MaxTimestamp);
        return true;
    }

    private bool Stop(string problem)
    {
        Problem = problem;
        return false;
    }

    /// <summary>
    /// Makes at least so many bytes from the position on available; they are known to be in the file.
    /// </summary>
    private ReadOnlySpan<byte> Ensure(int length)
    {
        int start = (int)(Position - _pieceStart);
        if (_pieceLength - start < length)
        {
            // Another buffer each time: somebody may have kept entries of the one before.
            _piece?.Release();
            int want = (int)Math.Min(Math.Max(_pieceSize, length), _end - Position);
            _piece = SharedBuffer.Rent(want);
            int read = _file.Read(_piece.Span, Position);
            _piece.Span[read..want].Clear();
            _pieceStart = Position;
            _pieceLength = want;
            start = 0;
        }

        return _piece!.Span.Slice(start, length);
    }
}
