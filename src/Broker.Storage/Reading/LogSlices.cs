using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What a read returned: pieces of shared buffers, which it holds until it is cleared. Made once and used again by one
/// caller at a time. Pieces that stand one behind the other in a buffer are one piece.
/// </summary>
public sealed class LogSlices : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly List<SharedBuffer> _held = [];
    private readonly List<LogEntry> _frames = [];
    private int _lastStart;
    private int _lastEnd;

    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces => _pieces;

    public long Bytes { get; private set; }

    /// <summary>How many entries were read; those that carry no records count in a read of frames only.</summary>
    public int Entries { get; private set; }

    /// <summary>The last entry that the read passed.</summary>
    public LogIndex LastIndex { get; private set; }

    /// <summary>The offset behind the last entry that the read passed: where the next read goes on.</summary>
    public Offset NextOffset { get; private set; }

    /// <summary>The offset of the first batch.</summary>
    public Offset FirstOffset { get; private set; }

    /// <summary>The entries of a read of frames, in order.</summary>
    public IReadOnlyList<LogEntry> Frames => _frames;

    public void Clear()
    {
        _frames.Clear();
        foreach (SharedBuffer buffer in _held)
            buffer.Release();
        _held.Clear();
        _pieces.Clear();
        Bytes = 0;
        Entries = 0;
        LastIndex = LogIndex.Zero;
        NextOffset = FirstOffset = Offset.Zero;
    }

    public void Dispose() => Clear();

    internal void AddFrame(in LogEntry entry)
    {
        Add(entry, entry.Start);
        _frames.Add(entry);
    }

    internal void AddPayload(in LogEntry entry) => Add(entry, entry.Start + EntryFrame.HeaderSize);

    internal void Skip(in LogEntry entry)
    {
        LastIndex = entry.LastIndex;
        NextOffset = entry.NextOffset;
    }

    private void Add(in LogEntry entry, int start)
    {
        int end = entry.Start + entry.Length;
        if (_held.Count == 0 || _held[^1] != entry.Buffer)
        {
            entry.Buffer.Retain();
            _held.Add(entry.Buffer);
            _lastEnd = -1;
        }

        if (_lastEnd == start)
        {
            _pieces[^1] = entry.Buffer.Memory[_lastStart..end];
        }
        else
        {
            _pieces.Add(entry.Buffer.Memory[start..end]);
            _lastStart = start;
        }

        _lastEnd = end;
        if (Entries == 0)
            FirstOffset = entry.Offset;
        Entries++;
        Bytes += end - start;
        Skip(entry);
    }
}
