namespace Broker.Server.Partitions;

/// <summary>Who waits for a partition to change. Costs nothing while nobody does.</summary>
internal sealed class WaiterList
{
    private readonly Lock _gate = new();
    private List<PartitionWaiter> _waiters = [];
    private List<PartitionWaiter> _spare = [];
    private volatile bool _any;

    public void Add(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Add(waiter);
            _any = true;
        }
    }

    public void Remove(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            // The newest is at the end, and a wait that ends is more often new than old.
            int at = _waiters.LastIndexOf(waiter);
            if (at < 0)
                return;
            _waiters[at] = _waiters[^1];
            _waiters.RemoveAt(_waiters.Count - 1);
        }
    }

    /// <summary>Wakes and forgets all. One caller at a time.</summary>
    public void WakeAll()
    {
        // Whoever adds itself after this look reads the state after the change that is being told.
        Interlocked.MemoryBarrier();
        if (!_any)
            return;

        List<PartitionWaiter> woken;
        lock (_gate)
        {
            woken = _waiters;
            _waiters = _spare;
            _any = false;
        }

        foreach (PartitionWaiter waiter in woken)
            waiter.Wake();
        woken.Clear();
        _spare = woken;
    }
}
