namespace Broker.Benchmarks.Replication;

/// <summary>What was acknowledged in one run, and when it is over.</summary>
internal sealed class Load
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = new(1 << 20);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;
    private long _bytes;
    private int _running;

    public bool IsOver => _isOver;

    public long Bytes => Volatile.Read(ref _bytes);

    public Task Drained => _ended.Task;

    public int Batches
    {
        get
        {
            lock (_gate)
                return _milliseconds.Count;
        }
    }

    public void Begin(int running) => _running = running;

    public void Count(int bytes, TimeSpan latency)
    {
        lock (_gate)
        {
            _bytes += bytes;
            _milliseconds.Add(latency.TotalMilliseconds);
        }
    }

    /// <summary>Forgets what was counted so far: it was warm-up.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _bytes = 0;
            _milliseconds.Clear();
        }
    }

    public void Stop() => _isOver = true;

    public void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _ended.SetResult();
    }

    public double Percentile(double share)
    {
        lock (_gate)
        {
            _milliseconds.Sort();
            return _milliseconds.Count == 0 ? 0 : _milliseconds[(int)((_milliseconds.Count - 1) * share)];
        }
    }
}
