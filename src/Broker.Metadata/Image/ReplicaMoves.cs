using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

// A partition's replicas, legal changes:
//   placed → moving      another set is asked for: whoever has a replica keeps it until the end
//   moving → moving      another target, the original one (a cancellation) among them; Original stays
//   moving → placed      the group's configuration is the target: what the others have may be deleted
//   placed → placed      the same set in another order: only the preferred leader is another one

/// <summary>What records of moving replicas make of a partition.</summary>
internal static class ReplicaMoves
{
    public static PartitionImage Begin(PartitionImage partition, ImmutableArray<BrokerId> target, long index)
    {
        bool isSameSet = target.Length == partition.Replicas.Length && target.All(partition.Replicas.Contains);
        if (partition.Reassignment is null && isSameSet)
        {
            return partition with { Replicas = target };
        }

        return partition with
        {
            Replicas = [.. target, .. partition.Replicas.Where(replica => !target.Contains(replica))],
            Reassignment = new Reassignment(target, partition.Original, index),
            Later =
            [
                .. partition.Later,
                .. target.Where(replica => !partition.Replicas.Contains(replica))
                    .Select(replica => new LaterReplica(replica, index)),
            ],
            Removed = [.. partition.Removed.Where(broker => !target.Contains(broker))],
        };
    }

    /// <summary>The partition as it is if that reassignment is not the one under way.</summary>
    public static PartitionImage Finish(PartitionImage partition, long at)
    {
        if (partition.Reassignment is not { } move || move.At != at)
        {
            return partition;
        }

        return partition with
        {
            Replicas = move.Target,
            Leader = move.Target.Contains(partition.Leader) ? partition.Leader : BrokerId.None,
            InSync = [.. partition.InSync.Where(replica => move.Target.Contains(replica))],
            Reassignment = null,
            Later = [.. partition.Later.Where(later => move.Target.Contains(later.Broker))],
            Removed = [.. partition.Removed.Concat(partition.Removing).Distinct().Order()],
        };
    }
}
