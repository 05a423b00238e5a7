using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What a host is given from outside.</summary>
public sealed record ReplicaHostEnvironment
{
    public required PeerMesh Mesh { get; init; }

    public required IScheduler Scheduler { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Only used while the host is made.</summary>
    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>
    /// Shared by all logs; the vote journal among it is the host's to flush, and its maker's to dispose.
    /// </summary>
    public required LogResources Storage { get; init; }

    /// <summary>A directory on the file system that holds all logs.</summary>
    public required string DataRoot { get; init; }

    /// <summary>
    /// Whether what was written here before is still there. Null: not looked after, and no replica may be relaxed.
    /// </summary>
    public PowerMark? Power { get; init; }

    /// <summary>
    /// Called once when a flush failed or an invariant is broken: the process has to end without acknowledging any
    /// more.
    /// </summary>
    public required Action<Exception> Fatal { get; init; }
}
