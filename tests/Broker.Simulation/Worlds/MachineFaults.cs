using Broker.Model;
using Broker.Simulation.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds;

/// <summary>What can befall machines and the wires between them. Each fault has its drawn end.</summary>
internal sealed class MachineFaults(EventQueue queue, SimulatedNetwork network, IReadOnlyList<Machine> machines)
{
    private const long Millisecond = EventQueue.TicksPerMillisecond;

    /// <summary>False: no fault ends any more, and none should begin.</summary>
    public bool IsRunning { get; set; }

    public Machine Any() => machines[queue.Random.Next(machines.Count)];

    public void Crash(Machine victim)
    {
        if (queue.Chance(0.5))
            victim.Kill();
        else
            victim.PowerOff();
        Later(Some(queue.Chance(0.5) ? 50 : 3000), victim.Start);
    }

    public void CrashAll()
    {
        foreach (Machine machine in machines)
            Crash(machine);
    }

    public void CutOneWay(BrokerId from, BrokerId to)
    {
        if (from == to)
            return;

        queue.Trace.Note(queue.Now, "network", $"{from} → {to} is cut");
        network.Cut(from, to);
        bool both = queue.Chance(0.5);
        if (both)
            network.Cut(to, from);
        Later(Some(4000), () =>
        {
            queue.Trace.Note(queue.Now, "network", $"{from} → {to} is mended");
            network.Mend(from, to);
            network.Mend(to, from);
        });
    }

    public void Isolate(Machine victim)
    {
        Note(victim, "is isolated");
        foreach (Machine other in machines.Where(other => other != victim))
        {
            network.Cut(victim.Id, other.Id);
            network.Cut(other.Id, victim.Id);
        }

        Later(Some(4000), network.MendAll);
    }

    public void Reset(Machine victim)
    {
        Note(victim, "connections break");
        network.Reset(victim.Id);
    }

    public void Pause(Machine victim)
    {
        Note(victim, "is paused");
        victim.Life.PausedUntil = queue.Now + Some(3000);
    }

    public void SlowDisk(Machine victim)
    {
        Note(victim, "has a slow disk");
        victim.Pace.SlowUntil = queue.Now + Some(3000);
    }

    public void FillDisk(Machine victim)
    {
        Note(victim, "has a full disk");
        victim.Disk.Capacity = victim.Disk.UsedBytes + queue.Random.Next(4000);
        Later(Some(3000), () => victim.Disk.Capacity = long.MaxValue);
    }

    public void FailFlush(Machine victim)
    {
        Note(victim, "will fail to flush");
        victim.Disk.FailingFlushes = 1;
        Later(Some(3000), () =>
        {
            victim.Disk.FailingFlushes = 0;
            victim.Start();
        });
    }

    /// <summary>All faults end; everybody who is down starts.</summary>
    public void Heal()
    {
        queue.Trace.Note(queue.Now, "world", "all faults end");
        IsRunning = false;
        network.MendAll();
        foreach (Machine machine in machines)
        {
            machine.Disk.Capacity = long.MaxValue;
            machine.Disk.FailingFlushes = 0;
            machine.Pace.SlowUntil = 0;
            machine.Life.PausedUntil = 0;
            machine.Start();
        }
    }

    public void Later(long ticks, Action what) => queue.After(ticks, queue.World, "fault ends", () =>
    {
        if (IsRunning)
            what();
    });

    public long Some(int milliseconds) => queue.Draw(1, milliseconds) * Millisecond;

    private void Note(Machine machine, string what) => queue.Trace.Note(queue.Now, machine.Name, what);
}
