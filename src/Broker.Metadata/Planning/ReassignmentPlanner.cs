using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

// A target may be replaced while replicas move, and a cancellation is nothing but the original target again: whoever
// has a replica, or may have got one, keeps it until the group's configuration has been seen to be the target, so that
// the group's leader can lead it anywhere from wherever it is.

/// <summary>Replicas of partitions are moved, and stop being moved.</summary>
public static class ReassignmentPlanner
{
    /// <summary>
    /// What grants the wish, which is nothing (null) where it is granted already; or why not.
    /// </summary>
    public static Refusal? Reassign(
        ClusterImage image, ReassignmentWish wish, TopicDefaults defaults, out PartitionTarget? target)
    {
        target = null;
        if (FeatureLevelPlanner.Require(image, FeatureLevel.Reassignments, "Moving replicas") is { } tooOld)
        {
            return tooOld;
        }

        if (image.FindTopic(wish.Topic) is not { } topic)
        {
            return new Refusal(RefusalReason.UnknownTopic, $"There is no topic '{wish.Topic}'.");
        }

        if ((uint)wish.Partition >= (uint)topic.Partitions.Count)
        {
            return new Refusal(
                RefusalReason.UnknownTopic,
                $"Topic '{wish.Topic}' has partitions 0 to {topic.Partitions.Count - 1}, none {wish.Partition}.");
        }

        PartitionImage partition = topic.Partitions[wish.Partition];
        Refusal? refusal = wish.Replicas is { } replicas
            ? CheckReplicas(image, topic, partition, replicas, defaults)
            : CheckCancellation(wish, partition);
        if (refusal is null && !Wanted(wish, partition).SequenceEqual(partition.Target))
        {
            target = new PartitionTarget(topic.Id, wish.Partition, Wanted(wish, partition));
        }

        return refusal;
    }

    /// <summary>
    /// One record of what leaders say is finished, as far as it tells the image something new.
    /// </summary>
    public static Plan Finish(ClusterImage image, IEnumerable<FinishedMove> moves)
    {
        ImmutableArray<FinishedMove> news =
        [
            .. moves.Distinct().Where(move =>
                image.FindPartition(new PartitionId(move.Topic, move.Partition))?.Reassignment?.At == move.At),
        ];
        return news.IsEmpty ? Plan.Nothing : Plan.Of(new ReassignmentsFinished(news));
    }

    private static ImmutableArray<BrokerId> Wanted(ReassignmentWish wish, PartitionImage partition) =>
        wish.Replicas ?? partition.Original;

    private static Refusal? CheckCancellation(ReassignmentWish wish, PartitionImage partition) =>
        partition.Reassignment is null
            ? new Refusal(
                RefusalReason.NoReassignmentInProgress,
                $"No replica of {wish.Topic}/{wish.Partition} is being moved: there is nothing to cancel.")
            : null;

    private static Refusal? CheckReplicas(
        ClusterImage image,
        TopicImage topic,
        PartitionImage partition,
        ImmutableArray<BrokerId> replicas,
        TopicDefaults defaults)
    {
        if (replicas.IsEmpty)
        {
            return Refuse("A partition must have at least one replica; null, not an empty list, cancels a move.");
        }

        if (replicas.Distinct().Count() != replicas.Length)
        {
            return Refuse($"Replicas {string.Join(", ", replicas)} name a broker twice.");
        }

        int least = topic.Configs.ContainsKey(TopicConfigTable.MinInSyncReplicas)
            ? topic.Settings.MinInSyncReplicas
            : defaults.MinInSyncReplicas;
        if (replicas.Length < least)
        {
            return Refuse(
                $"With {replicas.Length} replicas nothing could be written to '{topic.Name}', whose "
                + $"{TopicConfigTable.MinInSyncReplicas} is {least}: name more, or lower that first.");
        }

        return CheckBrokers(image, partition, replicas);
    }

    // Who is to get a replica has to be there for it, and a majority, or the group could not go over to them.
    private static Refusal? CheckBrokers(
        ClusterImage image, PartitionImage partition, ImmutableArray<BrokerId> replicas)
    {
        foreach (BrokerId replica in replicas)
        {
            if (!image.Brokers.TryGetValue(replica, out BrokerRegistration? broker))
            {
                return Refuse(
                    $"Broker {replica} is not registered; the brokers are {string.Join(", ", image.Brokers.Keys)}.");
            }

            bool isNew = !partition.Replicas.Contains(replica);
            if (isNew && broker.Fenced)
            {
                return Refuse($"Broker {replica} is gone or silent: start it first, or name another one.");
            }

            if (isNew && broker.IsDraining)
            {
                return Refuse(DrainPlanner.GetsNone(replica));
            }
        }

        int alive = replicas.Count(image.IsAlive);
        return alive > replicas.Length / 2
            ? null
            : Refuse($"Of brokers {string.Join(", ", replicas)} only {alive} are alive, which is no majority.");
    }

    private static Refusal Refuse(string message) => new(RefusalReason.InvalidReplicaAssignment, message);
}
