namespace Broker.Server.Network;

/// <summary>
/// All deadlines of a broker on one timer: a heap by due time, and a timer that is armed only for the first of them.
/// Adding and removing costs no allocation and O(log n). Thread-safe.
/// </summary>
public sealed class Deadlines : IDisposable
{
    /// <summary>What is due so soon after the timer fired expires with it: many waits cost one wake-up.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly DeadlineHeap _waiting = new();
    private readonly List<Deadline> _expired = [];
    private long _armedFor = long.MaxValue;
    private bool _firing;

    public Deadlines(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static self => ((Deadlines)self!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time => _time;

    public long Now => _time.GetTimestamp();

    public TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    /// <summary>The timestamp that lies so far ahead; one that cannot be told is never.</summary>
    public long After(TimeSpan span)
    {
        double ticks = span.TotalSeconds * _time.TimestampFrequency;
        long now = _time.GetTimestamp();
        return ticks >= long.MaxValue - now ? long.MaxValue : now + (long)ticks;
    }

    /// <summary>How long until then; not negative.</summary>
    public TimeSpan Until(long timestamp)
    {
        long now = _time.GetTimestamp();
        return timestamp <= now ? TimeSpan.Zero : _time.GetElapsedTime(now, timestamp);
    }

    /// <summary>Adds a deadline that waits nowhere yet.</summary>
    public void Add(Deadline deadline, long due)
    {
        lock (_gate)
        {
            _waiting.Add(deadline, due);
            Arm();
        }
    }

    /// <summary>
    /// Takes the deadline back. False if it was not waiting: it has expired, or is about to be told so.
    /// </summary>
    public bool Remove(Deadline deadline)
    {
        lock (_gate)
            return _waiting.Remove(deadline);
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        lock (_gate)
        {
            _firing = true;
            long due = After(Grain);
            while (_waiting.First is { } first && first.Due <= due)
            {
                _waiting.Remove(first);
                _expired.Add(first);
            }
        }

        // Outside the lock, because what expires may add or remove. Until it is done the timer stays unarmed, so that
        // no
        // second firing meets this list in use.
        foreach (Deadline deadline in _expired)
            deadline.Expired();

        _expired.Clear();
        lock (_gate)
        {
            _firing = false;
            _armedFor = long.MaxValue;
            Arm();
        }
    }

    private void Arm()
    {
        if (_firing || _waiting.First is not { } first || first.Due >= _armedFor)
            return;

        _armedFor = first.Due;
        double milliseconds = Math.Min(Math.Ceiling(Until(first.Due).TotalMilliseconds), int.MaxValue);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
