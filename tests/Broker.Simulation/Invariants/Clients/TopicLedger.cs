using Broker.Model;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>A topic as its administrator was told of it.</summary>
public sealed class TopicLedger(string name, TopicId id, int replicas, int minInSync)
{
    public string Name => name;

    public TopicId Id => id;

    public int Replicas => replicas;

    /// <summary>The least that may be in force, since brokers hear of changes late.</summary>
    public int MinInSync { get; private set; } = minInSync;

    /// <summary>By name, those that were set at its creation or have been changed since.</summary>
    public SortedDictionary<string, ConfigLedger> Configs { get; } = new(StringComparer.Ordinal);

    /// <summary>It keeps so many bytes, and no client is asked what goes.</summary>
    public bool IsRetained { get; init; }

    public List<PartitionLedger> Partitions { get; } = [];

    /// <summary>Its deletion was asked for, and may have happened already.</summary>
    public bool IsGoing { get; set; }

    /// <summary>Its deletion was answered.</summary>
    public bool IsGone { get; set; }

    /// <summary>So many disks hold what is acknowledged with acks=all.</summary>
    public int CopiesPromised => Math.Max((replicas / 2) + 1, MinInSync);

    public ConfigLedger ConfigOf(string config)
    {
        if (!Configs.TryGetValue(config, out ConfigLedger? known))
            Configs[config] = known = new ConfigLedger(null);
        return known;
    }

    /// <summary>A change of min.insync.replicas is asked for.</summary>
    public void MayPromise(int replicas) => MinInSync = Math.Min(MinInSync, replicas);

    public void Grow(int partitions)
    {
        while (Partitions.Count < partitions)
            Partitions.Add(new PartitionLedger(new PartitionId(id, Partitions.Count), this));
    }

    public override string ToString() => $"{name} ({id})";
}
