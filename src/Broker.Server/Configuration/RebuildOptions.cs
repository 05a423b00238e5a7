namespace Broker.Server.Configuration;

/// <summary>How replicas of brokers that are gone are rebuilt elsewhere, by the metadata leader.</summary>
public sealed record RebuildOptions
{
    public required bool IsOn { get; init; }

    /// <summary>How long a broker is waited for.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>Of so many partitions at the same time.</summary>
    public required int ConcurrentPartitions { get; init; }
}
