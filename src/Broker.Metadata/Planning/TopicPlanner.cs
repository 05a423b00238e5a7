using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>Topics come, grow and go.</summary>
public static class TopicPlanner
{
    /// <summary>One <see cref="TopicCreated"/>, or why not.</summary>
    /// <param name="doubted">Brokers that get replicas only where others don't suffice.</param>
    public static Plan Create(
        ClusterImage image, TopicWish wish, TopicDefaults defaults, IReadOnlySet<BrokerId> doubted)
    {
        if (TopicNames.Check(wish.Name) is { } badName)
        {
            return badName;
        }

        if (image.Topics.ContainsKey(wish.Name))
        {
            return Plan.Refuse(RefusalReason.TopicAlreadyExists, $"Topic '{wish.Name}' already exists.");
        }

        Refusal? refusal = TopicConfigTable.Check(wish.Configs, out ImmutableSortedDictionary<string, string> configs)
            ?? CheckDurability(image, wish.Name, configs)
            ?? TopicNames.CheckCollision(image, wish.Name)
            ?? InternalTopics.CheckCreate(image, wish.Name);
        if (refusal is not null)
        {
            return refusal;
        }

        refusal = wish.Assignments.IsDefaultOrEmpty
            ? Place(image, wish, defaults, doubted, out ImmutableArray<ImmutableArray<BrokerId>> partitions)
            : TakeAssignments(image, wish, defaults, out partitions);
        return refusal is not null
            ? refusal
            : Plan.Of(new TopicCreated(wish.Id, wish.Name, partitions, configs));
    }

    public static Plan Delete(ClusterImage image, string name) => image.FindTopic(name) is { } topic
        ? Delete(topic)
        : Plan.Refuse(RefusalReason.UnknownTopic, $"There is no topic '{name}'.");

    public static Plan Delete(ClusterImage image, TopicId id) => image.FindTopic(id) is { } topic
        ? Delete(topic)
        : Plan.Refuse(RefusalReason.UnknownTopicId, $"There is no topic with id {id}.");

    private static Plan Delete(TopicImage topic) =>
        InternalTopics.CheckChange(topic.Name) ?? Plan.Of(new TopicDeleted(topic.Id));

    /// <summary>
    /// Brings a topic to <paramref name="total"/> partitions. <paramref name="assignments"/> is empty, or names the
    /// replicas of exactly the new partitions, in order.
    /// </summary>
    /// <param name="doubted">Brokers that get replicas only where others don't suffice.</param>
    public static Plan AddPartitions(
        ClusterImage image,
        string name,
        int total,
        ImmutableArray<ImmutableArray<BrokerId>> assignments,
        TopicDefaults defaults,
        IReadOnlySet<BrokerId> doubted)
    {
        if (image.FindTopic(name) is not { } topic)
        {
            return Plan.Refuse(RefusalReason.UnknownTopic, $"There is no topic '{name}'.");
        }

        if (InternalTopics.CheckChange(name) is { } isInternal)
        {
            return isInternal;
        }

        int count = topic.Partitions.Count;
        if (total <= count || total > defaults.MaxPartitions)
        {
            return Plan.Refuse(
                RefusalReason.InvalidPartitions,
                $"Topic '{name}' has {count} partitions; it can be brought to {count + 1} up to "
                + $"{defaults.MaxPartitions}, not to {total}.");
        }

        int factor = topic.Partitions[0].Target.Length;
        Refusal? refusal = assignments.IsDefaultOrEmpty
            ? ReplicaPlacer.Place(image, topic, total - count, factor, doubted, out var added)
            : CheckAssignments(image, assignments, total - count, factor, out added);
        return refusal is not null ? refusal : Plan.Of(new PartitionsAdded(topic.Id, count, added));
    }

    /// <summary>What groups and transactions stand on is not left to page caches.</summary>
    private static Refusal? CheckDurability(
        ClusterImage image, string name, ImmutableSortedDictionary<string, string> configs)
    {
        if (configs.GetValueOrDefault(TopicConfigTable.Durability) != TopicConfigTable.Relaxed)
        {
            return null;
        }

        return InternalTopics.IsAlwaysFlushed(name)
            ? new Refusal(
                RefusalReason.InvalidConfig,
                $"Topic '{name}' can't be '{TopicConfigTable.Relaxed}': it is always flushed before it is answered.")
            : FeatureLevelPlanner.Require(image, FeatureLevel.Relaxed, "A relaxed topic");
    }

    private static Refusal? Place(
        ClusterImage image,
        TopicWish wish,
        TopicDefaults defaults,
        IReadOnlySet<BrokerId> doubted,
        out ImmutableArray<ImmutableArray<BrokerId>> partitions)
    {
        partitions = [];
        int count = wish.Partitions == -1 ? defaults.Partitions : wish.Partitions;
        int factor = wish.ReplicationFactor == -1 ? defaults.ReplicationFactor : wish.ReplicationFactor;
        if (count < 1 || count > defaults.MaxPartitions)
        {
            return new Refusal(
                RefusalReason.InvalidPartitions,
                $"A topic can have 1 up to {defaults.MaxPartitions} partitions, or -1 for the default; not {count}.");
        }

        return ReplicaPlacer.Place(image, null, count, factor, doubted, out partitions);
    }

    private static Refusal? TakeAssignments(
        ClusterImage image,
        TopicWish wish,
        TopicDefaults defaults,
        out ImmutableArray<ImmutableArray<BrokerId>> partitions)
    {
        partitions = [];
        if (wish.Partitions != -1 || wish.ReplicationFactor != -1)
        {
            return new Refusal(
                RefusalReason.InvalidRequest,
                "A topic with given replicas must leave the numbers of partitions and replicas at -1.");
        }

        ImmutableArray<PartitionAssignment> ordered = [.. wish.Assignments.OrderBy(given => given.Partition)];
        if (ordered.Length > defaults.MaxPartitions || ordered.Where((given, i) => given.Partition != i).Any())
        {
            return new Refusal(
                RefusalReason.InvalidReplicaAssignment,
                $"Given replicas must name every partition once, from 0 on, and at most {defaults.MaxPartitions}.");
        }

        int factor = ordered[0].Replicas.IsDefault ? 0 : ordered[0].Replicas.Length;
        return CheckAssignments(
            image, [.. ordered.Select(given => given.Replicas)], ordered.Length, factor, out partitions);
    }

    private static Refusal? CheckAssignments(
        ClusterImage image,
        ImmutableArray<ImmutableArray<BrokerId>> given,
        int count,
        int factor,
        out ImmutableArray<ImmutableArray<BrokerId>> partitions)
    {
        partitions = given;
        if (given.Length != count)
        {
            return Refuse($"Replicas are given for {given.Length} partitions where {count} are new.");
        }

        for (int i = 0; i < count; i++)
        {
            ImmutableArray<BrokerId> replicas = given[i];
            if (replicas.IsDefaultOrEmpty || replicas.Length != factor)
            {
                return Refuse("All partitions must have the same number of replicas, and at least one.");
            }

            if (replicas.Distinct().Count() != factor)
            {
                return Refuse($"Replicas {string.Join(", ", replicas)} name a broker twice.");
            }

            foreach (BrokerId replica in replicas)
            {
                if (!image.Brokers.TryGetValue(replica, out BrokerRegistration? broker))
                {
                    return Refuse($"Broker {replica} is not registered.");
                }

                if (broker.IsDraining)
                {
                    return Refuse(DrainPlanner.GetsNone(replica));
                }
            }
        }

        return null;

        static Refusal Refuse(string message) => new(RefusalReason.InvalidReplicaAssignment, message);
    }
}
