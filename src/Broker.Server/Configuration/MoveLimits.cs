namespace Broker.Server.Configuration;

/// <summary>How much of a broker the replicas may take that are being filled from it.</summary>
public sealed record MoveLimits
{
    /// <summary>Of so many partitions at the same time.</summary>
    public required int ConcurrentPartitions { get; init; }

    /// <summary>What is read from the disk for replicas that are far behind, all together.</summary>
    public required long CatchUpBytesPerSecond { get; init; }
}
