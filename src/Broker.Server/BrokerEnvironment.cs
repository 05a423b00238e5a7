using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Network;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server;

/// <summary>All that a broker takes from outside. The simulator gives its own of everything.</summary>
public sealed partial record BrokerEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IScheduler Scheduler { get; init; }

    public required IFileSystem Files { get; init; }

    /// <summary>Names the run of the kernel under <see cref="Files"/>; empty: none is like another.</summary>
    public string BootId { get; init; } = "";

    public required IPeerNetwork PeerNetwork { get; init; }

    /// <summary>Listens for clients. Throws <see cref="ListenerException"/> where it can't.</summary>
    public required Func<ListenerOptions, IClientListener> Listen { get; init; }

    public required OpenMetadataLog OpenMetadataLog { get; init; }

    /// <summary>Used by one caller at a time, at the start: whoever goes on drawing gets one of its own from
    /// it.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>How groups are run, as far as no setting says it: the simulator makes everything small.</summary>
    public ReplicaHostOptions Replicas { get; init; } = ReplicaHostOptions.Default;
}
