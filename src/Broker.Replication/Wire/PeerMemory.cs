namespace Broker.Replication;

/// <summary>
/// Memory for entries that came from peers and are not on disk yet: a budget of its own, apart from the clients'. What
/// does not fit is let go, and its group sends it again.
/// </summary>
internal sealed class PeerMemory(long limit)
{
    private long _used;

    public long Used => Volatile.Read(ref _used);

    public bool TryTake(int bytes)
    {
        // Something always fits into an empty budget: progress, whatever the largest entry is.
        long used = Interlocked.Add(ref _used, bytes);
        if (used <= limit || used == bytes)
            return true;

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
