namespace Broker.Raft.Tests.Worlds;

/// <summary>What a seed decides before anything happens.</summary>
public sealed record WorldSetup
{
    public required int Seed { get; init; }

    public required int Voters { get; init; }

    public required RaftOptions Options { get; init; }

    /// <summary>
    /// Links keep their order and lose nothing but by a reset, as connections do; or they do as they like.
    /// </summary>
    public required bool OrderedLinks { get; init; }

    public required double Loss { get; init; }

    public required double Duplication { get; init; }

    /// <summary>How often faults happen, 1 being often.</summary>
    public required double Faults { get; init; }

    /// <summary>How often a node that starts again has lost what it had flushed.</summary>
    public required double Damage { get; init; }

    /// <summary>Nodes that don't vote at first. There is always one.</summary>
    public int Spares { get; init; } = 1;

    /// <summary>How often somebody wants other members; 0 where the voters stay for good.</summary>
    public double Changes { get; init; }

    /// <summary>Nodes that have nothing to do sleep, and there are times when they have nothing to do.</summary>
    public bool Sleeps { get; init; }

    /// <summary>What is written counts, and half of the crashes are power cuts: what is not flushed is lost.</summary>
    public bool IsRelaxed { get; init; }

    public int Events { get; init; } = 1500;

    /// <summary>
    /// A world whose members change. A change takes many steps, so there are fewer faults than elsewhere, or none would
    /// ever get far. Somebody must be left who knows all when one node has lost its disk, so where that happens there
    /// are never fewer than two voters.
    /// </summary>
    public static WorldSetup DrawMoving(int seed)
    {
        var random = new Random(~seed);
        WorldSetup setup = Draw(seed);
        return setup with
        {
            Damage = setup.Voters >= 2 && random.Next(4) == 0 ? setup.Damage : 0,
            Spares = random.Next(2, 4),
            Faults = setup.Faults * 0.3,
            Changes = 0.1 + (random.NextDouble() * 0.3),
            Events = 2000,
        };
    }

    /// <summary>
    /// A world whose nodes sleep. That rests on sessions, which keep order and tell of losses.
    /// </summary>
    public static WorldSetup DrawSleeping(int seed)
    {
        var random = new Random(~seed);
        WorldSetup setup = random.Next(4) > 0 ? Draw(seed) : DrawMoving(seed);
        return setup with
        {
            Sleeps = true,
            OrderedLinks = true,
            Loss = 0,
            Duplication = 0,
            Options = setup.Options with { SleepTicks = random.Next(1, 4) },
            Events = 2500,
        };
    }

    /// <summary>A world of any other kind whose group is relaxed.</summary>
    public static WorldSetup DrawRelaxed(int seed)
    {
        WorldSetup setup = new Random(~seed * 31).Next(4) switch
        {
            0 => DrawMoving(seed),
            1 => DrawSleeping(seed),
            _ => Draw(seed),
        };
        return setup with { IsRelaxed = true, Damage = setup.Damage / 4 };
    }

    public static WorldSetup Draw(int seed)
    {
        var random = new Random(seed);
        int[] sizes = [1, 2, 3, 3, 3, 3, 3, 4, 5, 5];
        bool ordered = random.Next(10) < 6;
        int heartbeat = random.Next(1, 3);
        return new WorldSetup
        {
            Seed = seed,
            Voters = sizes[random.Next(sizes.Length)],
            OrderedLinks = ordered,
            Loss = ordered ? 0 : random.NextDouble() * 0.2,
            Duplication = ordered ? 0 : random.NextDouble() * 0.2,
            Faults = random.NextDouble(),
            Damage = random.Next(5) == 0 ? 0.5 : 0.05,
            Options = new RaftOptions
            {
                HeartbeatTicks = heartbeat,
                ElectionTicks = heartbeat + random.Next(1, 6),
                PeerGoneTicks = random.Next(3),
                ResendTicks = random.Next(1, 8),
                MaxMessageBytes = random.Next(50, 600),
                MaxInflightBytes = random.Next(100, 2000),
                MaxInflightMessages = random.Next(1, 20),
            },
        };
    }
}
