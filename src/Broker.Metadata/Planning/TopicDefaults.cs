namespace Broker.Metadata;

/// <summary>What a topic gets where its maker did not say.</summary>
/// <param name="Partitions"><c>num.partitions</c>.</param>
/// <param name="ReplicationFactor"><c>default.replication.factor</c>.</param>
/// <param name="MaxPartitions">The most that one topic may have.</param>
public sealed record TopicDefaults(int Partitions, int ReplicationFactor, int MaxPartitions)
{
    public static readonly TopicDefaults Default = new(1, 3, 10_000);

    /// <summary><c>min.insync.replicas</c>.</summary>
    public int MinInSyncReplicas { get; init; } = 1;
}
