using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>A replica to run on this broker.</summary>
public sealed record ReplicaSpec
{
    public required PartitionId Id { get; init; }

    /// <summary>
    /// Who votes until the log says otherwise. A replica that is being added is not among them: it does not vote
    /// before the group says so.
    /// </summary>
    public required VoterSet Voters { get; init; }

    /// <summary>The log's directory; made if it is missing.</summary>
    public required string Directory { get; init; }

    public LogOptions Log { get; init; } = LogOptions.Default;

    /// <summary>
    /// What is written counts, flushed or not: it survives the death of any number of processes, and a power cut of a
    /// minority. Alike on all replicas of a group.
    /// </summary>
    public bool IsRelaxed { get; init; }

    /// <summary>A new group's first leader: asks for votes at once. Means nothing once the group has a term.</summary>
    public bool CampaignAtOnce { get; init; }

    /// <summary>
    /// An earlier life of this broker's data directory has voted or acknowledged here: takes entries, but neither votes
    /// nor leads nor counts until a leader has filled it. Then the vote journal knows, and this means nothing any more.
    /// </summary>
    public bool Abstains { get; init; }
}
