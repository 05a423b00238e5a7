using Broker.Storage;

namespace Broker.Replication.Tests.Hosting;

internal sealed record ClusterOptions
{
    public int Brokers { get; init; } = 3;

    /// <summary>So many of them, the first, vote from the start; the others have a replica all the same.</summary>
    public int Voters { get; init; } = 3;

    /// <summary>Shorter than the defaults: tests need not wait for production's timeouts.</summary>
    public ReplicaHostOptions Host { get; init; } = new()
    {
        Tick = TimeSpan.FromMilliseconds(20),
        UncertainLimit = TimeSpan.FromMilliseconds(500),
    };

    public LogOptions Log { get; init; } = LogOptions.Default;

    public long TailCacheBytes { get; init; } = 16 << 20;
}
