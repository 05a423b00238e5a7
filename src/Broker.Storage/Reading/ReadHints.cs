using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Where the last few reads from files ended: the next one usually goes on from there, and then starts exactly at its
/// frame instead of searching from the sparse index. Guarded by the log's gate.
/// </summary>
internal sealed class ReadHints
{
    private const int Kept = 8;

    private (Segment Segment, IndexRecord At)[]? _hints;
    private int _next;

    public void Add(Segment segment, in IndexRecord at)
    {
        _hints ??= new (Segment, IndexRecord)[Kept];
        _hints[_next] = (segment, at);
        _next = (_next + 1) % Kept;
    }

    public IndexRecord? Find(Segment segment, LogIndex index)
    {
        foreach ((Segment known, IndexRecord at) in _hints ?? [])
        {
            if (known == segment && at.Index == index)
                return at;
        }

        return null;
    }

    /// <summary>The furthest, since entries that take no offset stand at the same one as their successor.</summary>
    public IndexRecord? Find(Segment segment, Offset offset)
    {
        IndexRecord? furthest = null;
        foreach ((Segment known, IndexRecord at) in _hints ?? [])
        {
            if (known == segment && at.Offset == offset && at.Position > (furthest?.Position ?? 0))
                furthest = at;
        }

        return furthest;
    }

    public void Clear()
    {
        if (_hints is not null)
            Array.Clear(_hints);
    }
}
