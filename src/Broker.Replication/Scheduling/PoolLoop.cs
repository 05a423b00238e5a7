namespace Broker.Replication;

/// <summary>
/// A loop as one reusable work item of the thread pool: a signal costs an exchange, and queueing only when the loop was
/// at rest.
/// </summary>
internal sealed class PoolLoop(Action round) : ILoop, IThreadPoolWorkItem
{
    private const int Resting = 0;
    private const int Queued = 1;
    private const int Running = 2;
    private const int RunningAndSignalled = 3;

    private volatile bool _disposed;
    private int _state;

    public void Signal()
    {
        if (_disposed)
            return;

        // What the caller wrote must be seen before the state is read, or a round that just begins could miss it.
        Interlocked.MemoryBarrier();
        int state = Volatile.Read(ref _state);
        while (state is Resting or Running)
        {
            int wanted = state == Resting ? Queued : RunningAndSignalled;
            int seen = Interlocked.CompareExchange(ref _state, wanted, state);
            if (seen == state)
            {
                if (state == Resting)
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
                return;
            }

            state = seen;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _state, Running);
        if (!_disposed)
            round();

        if (Interlocked.CompareExchange(ref _state, Resting, Running) == Running)
            return;

        // Signalled meanwhile. Queue again instead of going on, so that a busy loop leaves the pool to others in
        // between.
        Interlocked.Exchange(ref _state, Queued);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Dispose() => _disposed = true;
}
