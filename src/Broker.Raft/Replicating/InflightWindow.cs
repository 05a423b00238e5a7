using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What is under way to one follower: a ring of (last index, bytes), bounded in both. It grows once to its size and
/// then allocates nothing. An entry larger than the bound in bytes travels when nothing else does.
/// </summary>
internal sealed class InflightWindow(int maxMessages, long maxBytes)
{
    private const int FirstSize = 16;

    private (LogIndex Last, long Bytes)[] _ring = new (LogIndex, long)[Math.Min(FirstSize, maxMessages)];
    private int _first;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public bool IsFull => Count == maxMessages || Bytes >= maxBytes;

    /// <summary>What the next message may carry.</summary>
    public long Room => maxBytes - Bytes;

    public void Add(LogIndex last, long bytes)
    {
        if (Count == _ring.Length)
            Grow();

        _ring[(_first + Count) % _ring.Length] = (last, bytes);
        Count++;
        Bytes += bytes;
    }

    /// <summary>Everything up to an index has arrived.</summary>
    public void FreeUpTo(LogIndex index)
    {
        while (Count > 0 && _ring[_first].Last <= index)
        {
            Bytes -= _ring[_first].Bytes;
            _first = (_first + 1) % _ring.Length;
            Count--;
        }
    }

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
    }

    private void Grow()
    {
        var larger = new (LogIndex, long)[Math.Min(_ring.Length * 4, maxMessages)];
        for (int i = 0; i < Count; i++)
            larger[i] = _ring[(_first + i) % _ring.Length];

        _ring = larger;
        _first = 0;
    }
}
