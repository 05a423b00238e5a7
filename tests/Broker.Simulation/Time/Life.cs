namespace Broker.Simulation.Time;

/// <summary>
/// One run of one simulated process: what it queued dies with it. While it is paused (SIGSTOP), what is due for it
/// waits.
/// </summary>
public sealed class Life
{
    private readonly Queue<Action> _waitingForDisk = new();

    public Life(string name, EventQueue queue)
    {
        Name = name;
        Context = new SimulatedContext(queue, this);
    }

    public string Name { get; }

    public SynchronizationContext Context { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>In simulated ticks.</summary>
    public long PausedUntil { get; set; }

    /// <summary>One disk loop of a process runs at a time, as if its disk had one arm.</summary>
    public bool IsDiskBusy { get; private set; }

    public void End()
    {
        IsAlive = false;
        _waitingForDisk.Clear();
    }

    public bool TryTakeDisk(Action whenFree)
    {
        if (!IsDiskBusy)
            return IsDiskBusy = true;

        _waitingForDisk.Enqueue(whenFree);
        return false;
    }

    public void GiveDiskBack()
    {
        IsDiskBusy = false;
        if (_waitingForDisk.TryDequeue(out Action? next))
            next();
    }
}
