namespace Broker.Replication;

/// <summary>Bounds what a group has taken on and not answered yet, in number and in bytes. Any thread.</summary>
internal sealed class ProposalQuota(int mostProposals, long mostBytes)
{
    private int _count;
    private long _bytes;

    public bool TryTake(int bytes)
    {
        int count = Interlocked.Increment(ref _count);
        long sum = Interlocked.Add(ref _bytes, bytes);
        if (count <= mostProposals && (sum <= mostBytes || count == 1))
            return true;

        Give(bytes);
        return false;
    }

    public void Give(int bytes)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
