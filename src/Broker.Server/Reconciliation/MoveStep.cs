using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Members = Broker.Raft.Configuration;

namespace Broker.Server.Reconciliation;

// The way of a group to its target, whoever leads it on the way and wherever it is when somebody looks:
//   1. who is to vote and does not yet learns
//   2. those who learned and are caught up vote, and the others do so no more (joint, then left by itself)
//   3. the configuration is the target's, and committed: that is written down

/// <summary>What a group is to be asked for next; a pure look at where it is.</summary>
internal static class MoveStep
{
    public static Members TargetOf(PartitionImage partition) =>
        Members.Of(VoterSet.Of(partition.Target.AsSpan()));

    public static bool IsReached(ReplicaStatus status, PartitionImage partition) =>
        status.IsConfigurationCommitted && TargetOf(partition).Equals(status.Configuration);

    /// <summary>Learners alone while one is missing, or else the target as a whole.</summary>
    public static Members Next(Members now, PartitionImage partition)
    {
        ImmutableArray<BrokerId> newcomers = [.. partition.Target.Where(replica => !now.IsVoter(replica))];
        return newcomers.All(now.IsLearner)
            ? TargetOf(partition)
            : Members.Of(now.Voters, newcomers.AsSpan());
    }

    /// <summary>
    /// Somebody is being filled. Who is gone is not, and holds up nobody else.
    /// </summary>
    public static bool IsFilling(Members now, ClusterImage image) =>
        now.Learners.Any(learner => now.IsLearner(learner) && image.IsAlive(learner));
}
