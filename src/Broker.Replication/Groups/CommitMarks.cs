using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// What becomes true when entries are committed: the high watermark behind each, and a new log start. A ring of the
/// entries that are not committed yet; truncation takes from its end. OWNER only.
/// </summary>
internal sealed class CommitMarks
{
    private Mark[] _ring = new Mark[16];
    private int _head;
    private int _count;

    public readonly record struct Mark(LogIndex Index, Offset NextOffset, LogIndex LogStartIndex, Offset? LogStart);

    public void Push(in Mark mark)
    {
        if (_count == _ring.Length)
            Grow();
        At(_count++) = mark;
    }

    public bool TryPopUpTo(LogIndex commit, out Mark mark)
    {
        mark = default;
        if (_count == 0 || At(0).Index > commit)
            return false;

        mark = At(0);
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        return true;
    }

    /// <summary>The offset behind what remains; null when all that remains is committed.</summary>
    public Offset? TruncateFrom(LogIndex index)
    {
        while (_count > 0 && At(_count - 1).Index >= index)
            _count--;
        return _count > 0 ? At(_count - 1).NextOffset : null;
    }

    private ref Mark At(int place) => ref _ring[(_head + place) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Mark[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
            larger[i] = At(i);
        _ring = larger;
        _head = 0;
    }
}
