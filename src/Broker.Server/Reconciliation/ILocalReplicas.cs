using Broker.Model;
using Broker.Server.Partitions;

namespace Broker.Server.Reconciliation;

/// <summary>The groups that run on this broker, and what lies on its disk of them.</summary>
internal interface ILocalReplicas
{
    /// <summary>The partitions that have a directory here, running or not, in order.</summary>
    IReadOnlyList<PartitionId> OnDisk();

    /// <summary>Opens the log, recovers it and joins the group; completes when the replica takes part.</summary>
    Task<IPartitionReplica> StartAsync(
        ReplicaAssignment assignment, Partition partition, CancellationToken cancellation);

    Task StopAsync(PartitionId id);

    /// <summary>Deletes the data of a partition that does not run. Only for topics whose deletion is
    /// committed.</summary>
    Task DeleteAsync(PartitionId id);

    /// <summary>
    /// Deletes the data of a partition whose replica was moved away from here. Only once that is committed. Its votes
    /// are kept: given a replica again, this broker is the same member, one that has lost what it had.
    /// </summary>
    Task RemoveAsync(PartitionId id);

    /// <summary>Moves the data of a partition that does not run out of the way and keeps it; says where to.</summary>
    Task<string> SetAsideAsync(PartitionId id);
}
