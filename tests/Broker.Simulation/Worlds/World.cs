using Broker.Raft;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Worlds;

/// <summary>Machines, wires and clients of one seed, and what was found wrong with them.</summary>
public abstract class World
{
    protected World(int seed, WorldOptions options, TextWriter? lines)
    {
        Seed = seed;
        Options = options;
        Queue = new EventQueue(new Random(seed), new Trace(lines));
        Network = new SimulatedNetwork(Queue) { Delay = Queue.Draw(500, 20_000) };
        Findings = new Findings(Queue);
    }

    public int Seed { get; }

    public WorldOptions Options { get; }

    public EventQueue Queue { get; }

    public SimulatedNetwork Network { get; }

    public Findings Findings { get; }

    /// <summary>How many values clients were told to be stored.</summary>
    public abstract int Acknowledged { get; }

    /// <summary>What was found wrong with the world of a seed; null for nothing.</summary>
    public string? Run()
    {
        try
        {
            return Live();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Lets go of everything; called by <see cref="Run"/>.</summary>
    public void End()
    {
        Queue.IsOver = true;
        Meters.DisposeAll();
    }

    public void RunFor(TimeSpan time)
    {
        long until = Queue.Now + time.Ticks;
        RunUntil(TimeSpan.FromTicks(until - Queue.Now), () => false);
    }

    /// <summary>Runs until it holds; false if it does not hold in time, or if something is broken.</summary>
    public bool RunUntil(TimeSpan limit, Func<bool> holds)
    {
        bool held = Queue.RunUntil(
            Queue.Now + limit.Ticks, () => Findings.First is not null || IsTooLong() || holds());
        return held && Findings.First is null;
    }

    protected abstract string? Live();

    protected ReplicaHostOptions DrawHostOptions() => ReplicaHostOptions.Default with
    {
        OwnerLoops = 1 + Queue.Random.Next(2),
        DiskLoops = 1 + Queue.Random.Next(2),
        Raft = RaftOptions.Default with
        {
            MaxMessageBytes = Queue.Draw(2, 32) << 10,
            MaxInflightMessages = (int)Queue.Draw(2, 32),
            SleepTicks = (int)Queue.Draw(0, 10),
        },
        CheckpointInterval = TimeSpan.FromSeconds(Queue.Draw(3, 20)),
        MarkInterval = TimeSpan.FromMilliseconds(Queue.Draw(200, 2000)),
        CheckpointBytes = Queue.Draw(4, 32) << 10,
        ShortestCheckpointInterval = TimeSpan.FromMilliseconds(Queue.Draw(100, 1000)),

        // Where hardly anybody is waited for, whoever was away for a moment is built anew.
        RebuildDelay = TimeSpan.FromMilliseconds(Seed % 2 == 0 ? 300 : 600_000),

        RelaxedFlushInterval = TimeSpan.FromMilliseconds(500),
        RelaxedFlushBytes = 64 << 10,

        // In every third world, and not drawn, so that the others are as they would be without.
        ScrubInterval = Options.ScrubInterval
            ?? TimeSpan.FromMilliseconds(Options.HasNemesis && Seed % 3 == 2 ? 100 + (Seed % 400) : 0),
        ScrubBytesPerSecond = 64 << 10 << (Seed % 5),
    };

    private bool IsTooLong()
    {
        if (Queue.Executed > Options.MostEvents)
            Findings.Add($"more than {Options.MostEvents} events");
        return Findings.First is not null;
    }
}
