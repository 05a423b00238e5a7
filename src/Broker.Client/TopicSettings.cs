namespace Broker.Client;

/// <summary>What a new topic shall be like.</summary>
public sealed record TopicSettings
{
    /// <summary>Null takes the cluster's default.</summary>
    public int? Partitions { get; init; }

    /// <summary>Null takes the cluster's default.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Names as in Kafka's topic configuration.</summary>
    public IReadOnlyDictionary<string, string?> Configs { get; init; } = new Dictionary<string, string?>();
}
