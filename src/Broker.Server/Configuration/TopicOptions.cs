namespace Broker.Server.Configuration;

/// <summary>What holds for a topic that does not say otherwise.</summary>
public sealed record TopicOptions
{
    private TopicConfigDefaults? _configs;

    public required int Partitions { get; init; }

    public required int ReplicationFactor { get; init; }

    public required int MinInSyncReplicas { get; init; }

    public required bool AutoCreate { get; init; }

    public required int MaxNameLength { get; init; }

    /// <summary>Negative: for ever.</summary>
    public required TimeSpan RetentionTime { get; init; }

    /// <summary>Negative: all.</summary>
    public required long RetentionBytes { get; init; }

    public required TimeSpan RetentionCheckInterval { get; init; }

    public required TimeSpan ProducerIdExpiration { get; init; }

    public required int SegmentBytes { get; init; }

    public required TimeSpan SegmentTime { get; init; }

    public required int MaxMessageBytes { get; init; }

    /// <summary>The same as topic configs.</summary>
    public TopicConfigDefaults Configs => _configs ??= new TopicConfigDefaults(this);
}
