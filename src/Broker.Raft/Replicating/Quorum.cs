namespace Broker.Raft;

/// <summary>
/// What so many of a group agree on. Groups are small, so a sorted handful of numbers is all it takes.
/// </summary>
internal sealed class Quorum(int voters)
{
    private readonly long[] _values = new long[voters];
    private int _count;

    public Quorum Start()
    {
        _count = 0;
        return this;
    }

    /// <summary>Inserts in descending order.</summary>
    public void Add(long value)
    {
        int at = _count++;
        for (; at > 0 && _values[at - 1] < value; at--)
            _values[at] = _values[at - 1];

        _values[at] = value;
    }

    /// <summary>
    /// The largest value that at least <paramref name="count"/> of them have reached; 0 when there are not so many.
    /// </summary>
    public long ReachedBy(int count) => count <= _count ? _values[count - 1] : 0;
}
