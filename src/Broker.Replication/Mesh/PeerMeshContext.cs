using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What all parts of a mesh share.</summary>
internal sealed class PeerMeshContext(PeerIdentity self, PeerMeshOptions options, PeerMeshEnvironment environment)
{
    private volatile PeerIdentity _self = self;

    public PeerIdentity Self
    {
        get => _self;
        set => _self = value;
    }

    public PeerMeshOptions Options { get; } = options;

    public PeerFramePool Frames { get; } = new();

    public PeerMetrics Metrics { get; } = new(self.Broker);

    public IPeerNetwork Network => environment.Network;

    public TimeProvider Time => environment.Time;

    public ILogger Log { get; } = environment.Loggers.CreateLogger<PeerMesh>();

    /// <summary>A delay with jitter: between half of it and all of it.</summary>
    public TimeSpan Jitter(TimeSpan delay)
    {
        lock (environment.Random)
            return delay * (0.5 + (0.5 * environment.Random.NextDouble()));
    }

    /// <summary>Only brokers that know that they are of one cluster exchange messages of groups.</summary>
    public bool IsOfThisCluster(PeerIdentity other) => !other.Cluster.IsEmpty && other.Cluster == Self.Cluster;
}
