namespace Broker.Simulation.Time;

/// <summary>
/// All that will happen, in the order of simulated time; what is due at the same time, in the order in which it was
/// queued. The clock moves only from event to event. One thread, one source of chance.
/// </summary>
public sealed class EventQueue
{
    public const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    private readonly PriorityQueue<Event, (long At, long Sequence)> _events = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private Life? _diskRoundOf;
    private long _sequence;

    public EventQueue(Random random, Trace trace)
    {
        Random = random;
        Trace = trace;
        World = new Life("world", this);
    }

    private readonly record struct Event(long At, Life Life, string What, Action Run);

    public Random Random { get; }

    public Trace Trace { get; }

    /// <summary>What is nobody's process: the network, the faults, the clients.</summary>
    public Life World { get; }

    /// <summary>In ticks of 100 ns.</summary>
    public long Now { get; private set; }

    public long Executed { get; private set; }

    /// <summary>Nothing will happen any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Asked from another thread than the one that everything runs on.</summary>
    public bool IsElsewhere => Environment.CurrentManagedThreadId != _thread;

    /// <summary>Called after every event, with the process that it belonged to.</summary>
    public Action<Life>? Happened { get; set; }

    /// <summary>Ticks from an interval, both ends included.</summary>
    public long Draw(long from, long to) => Random.NextInt64(from, to + 1);

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public void After(long ticks, Life life, string what, Action run)
    {
        if (IsElsewhere)
            throw new InvalidOperationException($"{life.Name}: '{what}' was queued by another thread");

        _events.Enqueue(new Event(Now + ticks, life, what, run), (Now + ticks, _sequence++));
    }

    /// <summary>Runs what is due until then, or until the condition holds. False: it never held.</summary>
    public bool RunUntil(long until, Func<bool> isDone)
    {
        while (!isDone())
        {
            if (!_events.TryPeek(out _, out (long At, long Sequence) next) || next.At > until)
            {
                Now = Math.Max(Now, until);
                return false;
            }

            Step();
        }

        return true;
    }

    public void RunFor(long ticks)
    {
        long until = Now + ticks;
        RunUntil(until, () => false);
    }

    /// <summary>
    /// Everybody else goes on while a disk round of this process waits for its disk. Elsewhere: nothing happens
    /// meanwhile.
    /// </summary>
    public void WaitForDisk(Life life, long ticks)
    {
        if (_diskRoundOf != life)
            return;

        RunFor(ticks);
    }

    /// <summary>A round of a disk loop, in which the disk may make the process wait.</summary>
    public void AsDiskRound(Life life, Action round)
    {
        Life? before = _diskRoundOf;
        _diskRoundOf = life;
        try
        {
            round();
        }
        finally
        {
            _diskRoundOf = before;
        }
    }

    private void Step()
    {
        Event next = _events.Dequeue();
        Now = Math.Max(Now, next.At);
        if (!next.Life.IsAlive)
            return;

        if (next.Life.PausedUntil > Now)
        {
            After(next.Life.PausedUntil - Now, next.Life, next.What, next.Run);
            return;
        }

        Executed++;
        Trace.Mix(Now);
        Trace.Mix(next.Life.Name);
        Trace.Mix(next.What);
        Run(next);
    }

    private void Run(in Event next)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        Life? disk = _diskRoundOf;
        SynchronizationContext.SetSynchronizationContext(next.Life.Context);
        _diskRoundOf = null;
        try
        {
            next.Run();
        }
        catch (Exception) when (!next.Life.IsAlive)
        {
            // Its own death interrupted it.
        }
        finally
        {
            _diskRoundOf = disk;
            SynchronizationContext.SetSynchronizationContext(context);
        }

        Happened?.Invoke(next.Life);
    }
}
