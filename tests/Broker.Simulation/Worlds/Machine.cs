using System.Text;
using Broker.Model;
using Broker.Simulation.Disks;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;
using Broker.Simulation.Time;
using Broker.Storage;

namespace Broker.Simulation.Worlds;

/// <summary>A machine with a disk on which a broker's process lives, dies and lives again.</summary>
public abstract class Machine
{
    private readonly SimulatedNetwork _network;
    private readonly Findings _findings;

    protected Machine(World world, BrokerId id, SimulatedFileSystem disk)
    {
        Queue = world.Queue;
        _network = world.Network;
        _findings = world.Findings;
        Id = id;
        Name = $"broker {id}";
        Disk = disk;
        Pace = new DiskPace(Queue);
        Life = new Life(Name, Queue);
        Life.End();
    }

    public BrokerId Id { get; }

    public string Name { get; }

    public SimulatedFileSystem Disk { get; protected set; }

    internal DiskPace Pace { get; }

    public Life Life { get; private set; }

    public int Lives { get; private set; }

    /// <summary>How often its kernel was started.</summary>
    public int Boots { get; private set; }

    /// <summary>Names the run of its kernel.</summary>
    public string BootId => $"{Id}-{Boots}";

    public bool IsUp => Life.IsAlive;

    /// <summary>Its machine has no power; else only its process may be gone.</summary>
    public bool IsOff { get; private set; }

    /// <summary>Nobody starts it until this ends.</summary>
    public bool IsLost { get; set; }

    protected EventQueue Queue { get; }

    public void Start()
    {
        if (IsUp || IsLost)
            return;

        Queue.Trace.Note(Queue.Now, Name, IsOff ? "powers on" : "starts");
        if (IsOff)
        {
            Boots++;
            Disk.Restart();
        }
        else
        {
            Disk.RestartProcess();
        }

        IsOff = false;
        Lives++;
        Life = new Life(Name, Queue);
        Pace.Attach(Disk, Life);
        _network.PowerOn(Id);
        Starting();
        Queue.After(1, Life, "start", () => _ = RunAsync(Life));
    }

    /// <summary>SIGKILL: what was written is in the page cache still.</summary>
    public void Kill()
    {
        if (!IsUp)
            return;

        Queue.Trace.Note(Queue.Now, Name, "is killed");
        Life.End();
        Ended();
        _network.ProcessGone(Id);
        ProcessGone();
    }

    public void PowerOff()
    {
        if (IsOff)
            return;

        Queue.Trace.Note(Queue.Now, Name, "loses its power");
        if (IsUp)
        {
            Life.End();
            Ended();
        }

        IsOff = true;
        Disk.Crash();
        _network.PowerOff(Id);
        PoweredOff();
    }

    /// <summary>Nobody has it any more: whoever looks at the disk need not wait for it.</summary>
    internal SimulatedFileSystem TakeDiskOut()
    {
        Disk.BeforeOperation = null;
        return Disk;
    }

    protected static SimulatedFileSystem NewDisk(EventQueue queue) => new(new Random(queue.Random.Next()));

    /// <summary>Everything that the process does, from its first moment on.</summary>
    protected abstract Task LiveAsync(Life life);

    protected virtual void Starting()
    {
    }

    /// <summary>The process is no more, for whatever reason.</summary>
    protected abstract void Ended();

    /// <summary>It ended, and its kernel is still there.</summary>
    protected virtual void ProcessGone()
    {
    }

    protected virtual void PoweredOff()
    {
    }

    /// <summary>The process can't go on, and ends. Only a failed flush is a reason for that.</summary>
    protected void Failed(Life life, Exception failure)
    {
        if (!life.IsAlive)
            return;

        Queue.Trace.Note(Queue.Now, Name, $"must end: {failure.Message}");
        if (failure is not FlushFailedException)
            _findings.Add($"{Name} must end: {Short(failure)}");
        Queue.After(1, Queue.World, "dies", () =>
        {
            if (Life == life)
                Kill();
        });
    }

    private async Task RunAsync(Life life)
    {
        try
        {
            await LiveAsync(life);
        }
        catch (Exception failure) when (life.IsAlive)
        {
            Failed(life, failure);
        }
        catch (Exception)
        {
            // It died while it started.
        }
    }

    private static string Short(Exception failure)
    {
        var text = new StringBuilder(failure.GetType().Name).Append(": ").Append(failure.Message);
        foreach (string line in (failure.StackTrace ?? "").Split('\n').Take(4))
            text.Append(" | ").Append(line.Trim().Split(" in ")[0]);
        return text.ToString();
    }
}
