using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What a mesh is given from outside; the random source is only used under the mesh's own lock.</summary>
public sealed record PeerMeshEnvironment(
    IPeerNetwork Network, TimeProvider Time, Random Random, ILoggerFactory Loggers);
