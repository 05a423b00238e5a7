namespace Broker.Simulation.Worlds;

/// <summary>How long a world is tormented, and what it may meet. All bounds are in simulated time or events.</summary>
public sealed record WorldOptions
{
    public static readonly WorldOptions Default = new();

    /// <summary>One broker more than a partition has replicas, so that they have somewhere to go.</summary>
    public static readonly WorldOptions Moving = new() { Brokers = 4, HasMoves = true };

    /// <summary>Disks lose what they had in every one of these, and for long enough that several do.</summary>
    public static readonly WorldOptions Losing = new() { HasLosses = true, Torment = TimeSpan.FromSeconds(12) };

    /// <summary>Moves, and a broker that goes and stays away until its replicas are elsewhere.</summary>
    public static readonly WorldOptions Gone = Moving with { LosesABroker = true, HasLosses = false };

    /// <summary>Moves, and brokers that are to leave, and stay after all; in the end one of them leaves.</summary>
    public static readonly WorldOptions Draining = Moving with { HasDrains = true, HasLosses = false };

    /// <summary>Groups commit offsets and fetch them.</summary>
    public static readonly WorldOptions Committing = new() { HasGroups = true };

    /// <summary>Configs of topics are changed.</summary>
    public static readonly WorldOptions Configuring = new() { AltersConfigs = true };

    /// <summary>Producers write in transactions.</summary>
    public static readonly WorldOptions Transacting = new() { HasTransactions = true };

    /// <summary>Every other group promises by what is written.</summary>
    public static readonly WorldOptions Relaxed = new() { HasRelaxedGroups = true };

    public TimeSpan Torment { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>After the last fault: everything has to be well again within this.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A world that takes more is taken for one without end.</summary>
    public long MostEvents { get; init; } = 2_000_000;

    /// <summary>False: only what a scenario does itself happens.</summary>
    public bool HasNemesis { get; init; } = true;

    public bool HasClients { get; init; } = true;

    public int Brokers { get; init; } = 3;

    /// <summary>
    /// How often brokers read all logs again; null: in every third world that has faults, and never otherwise.
    /// </summary>
    public TimeSpan? ScrubInterval { get; init; }

    /// <summary>
    /// Every other group is relaxed, from the first on; null: in every fourth replica world that has faults.
    /// </summary>
    public bool? HasRelaxedGroups { get; init; }

    /// <summary>Replicas of partitions are moved from broker to broker.</summary>
    public bool HasMoves { get; init; }

    /// <summary>
    /// Disks of whole brokers lose what they had, one after the other; null: in every fifth world that has faults.
    /// </summary>
    public bool? HasLosses { get; init; }

    public bool LosesABroker { get; init; }

    /// <summary>Brokers are set draining.</summary>
    public bool HasDrains { get; init; }

    /// <summary>Clients commit offsets for groups.</summary>
    public bool HasGroups { get; init; }

    /// <summary>A client changes configs of topics.</summary>
    public bool AltersConfigs { get; init; }

    /// <summary>Clients write to several partitions and commit offsets, all or nothing.</summary>
    public bool HasTransactions { get; init; }

    /// <summary>0 draws it.</summary>
    public int Groups { get; init; }
}
