using Broker.Model;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What all groups of a broker share.</summary>
internal sealed class GroupContext
{
    public required BrokerId Self { get; init; }

    public required ReplicaHostOptions Options { get; init; }

    public required PeerMesh Mesh { get; init; }

    public required VoteLane Votes { get; init; }

    public required CatchUpLane CatchUp { get; init; }

    public required Rebuilds Rebuilds { get; init; }

    public required PeerMemory Memory { get; init; }

    public required DiskReserve Reserve { get; init; }

    public required ReplicationMetrics Metrics { get; init; }

    public required ILogger Log { get; init; }

    public required Action<Replica> StatusChanged { get; init; }

    public VoteJournal Journal => Votes.Journal;
}
