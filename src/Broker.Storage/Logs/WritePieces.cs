namespace Broker.Storage;

/// <summary>
/// The bytes of one vectored write. Frames go as they are; those that stand one behind the other in a buffer, as they
/// came from a leader, are one piece. Only small ones that stand alone are copied together: that is cheaper than a
/// piece of its own for each.
/// </summary>
internal sealed class WritePieces
{
    private const int LargestCopied = 4 << 10;
    private const int StagingSize = 256 << 10;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly List<SharedBuffer> _staging = [];
    private SharedBuffer? _last;
    private int _lastStart;
    private int _lastEnd;
    private int _stagingUsed;

    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces => _pieces;

    public long Bytes { get; private set; }

    /// <summary>The entry's buffer has to be held until the pieces are cleared.</summary>
    public void Add(in LogEntry entry)
    {
        Bytes += entry.Length;
        if (_last == entry.Buffer && _lastEnd == entry.Start)
            Extend(entry.Length);
        else if (entry.Length > LargestCopied || entry.Length * 2 < entry.Buffer.Length)
            Begin(entry.Buffer, entry.Start, entry.Length);
        else
            Copy(entry.Frame.Span);
    }

    public void Clear()
    {
        foreach (SharedBuffer buffer in _staging)
            buffer.Release();
        _staging.Clear();
        _pieces.Clear();
        _last = null;
        Bytes = 0;
    }

    private void Begin(SharedBuffer buffer, int start, int length)
    {
        _last = buffer;
        _lastStart = start;
        _lastEnd = start + length;
        _pieces.Add(buffer.Memory.Slice(start, length));
    }

    private void Extend(int length)
    {
        _lastEnd += length;
        _pieces[^1] = _last!.Memory[_lastStart.._lastEnd];
    }

    private void Copy(ReadOnlySpan<byte> frame)
    {
        if (_staging.Count == 0 || StagingSize - _stagingUsed < frame.Length)
        {
            _staging.Add(SharedBuffer.Rent(StagingSize));
            _stagingUsed = 0;
        }

        SharedBuffer staging = _staging[^1];
        frame.CopyTo(staging.Span[_stagingUsed..]);
        if (_last == staging && _lastEnd == _stagingUsed)
            Extend(frame.Length);
        else
            Begin(staging, _stagingUsed, frame.Length);
        _stagingUsed += frame.Length;
    }
}
