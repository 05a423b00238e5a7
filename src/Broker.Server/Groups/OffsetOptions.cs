namespace Broker.Server.Groups;

/// <summary>Committed offsets: the topic that keeps them, and what may be in them.</summary>
public sealed record OffsetOptions
{
    public required int TopicPartitions { get; init; }

    public required int TopicReplicas { get; init; }

    /// <summary>In UTF-16 units, as Kafka counts it.</summary>
    public required int MaxMetadataLength { get; init; }

    /// <summary>How long a group without members keeps its offsets.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>After so long the outcome of a commit is told as not known.</summary>
    public required TimeSpan CommitTimeout { get; init; }
}
