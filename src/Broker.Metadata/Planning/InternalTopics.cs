using System.Collections.Immutable;
using System.Globalization;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>
/// Topics that the brokers write for themselves. Clients may read them; they neither write, delete nor grow them.
/// </summary>
public static class InternalTopics
{
    /// <summary>Committed offsets and the members of groups: the log of the group coordinators.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>Transactional ids, and how far their transactions are: the log of their coordinators.</summary>
    public const string TransactionState = "__transaction_state";

    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState;

    internal static bool IsAlwaysFlushed(string name) => IsInternal(name);

    /// <summary>The topic of the group coordinators, with Kafka's own configs.</summary>
    /// <param name="id">Drawn by the caller; used if the topic is created.</param>
    /// <param name="minInSync">What topics have by default; with fewer replicas than that nothing could ever be
    /// written, so it is never more than they are.</param>
    public static TopicWish OffsetsWish(
        TopicId id, int partitions, int replicationFactor, int minInSync) =>
        Wish(ConsumerOffsets, id, partitions, replicationFactor, minInSync);

    /// <summary>The topic of the transaction coordinators, with Kafka's own configs; as above.</summary>
    public static TopicWish TransactionsWish(
        TopicId id, int partitions, int replicationFactor, int minInSync) =>
        Wish(TransactionState, id, partitions, replicationFactor, minInSync);

    private static TopicWish Wish(
        string name, TopicId id, int partitions, int replicationFactor, int minInSync) => new(
        name,
        id,
        partitions,
        replicationFactor,
        [],
        [
            new(TopicConfigTable.CleanupPolicy, "compact"),
            new(TopicConfigTable.CompressionType, "producer"),
            new(TopicConfigTable.SegmentBytes, "104857600"),
            new(TopicConfigTable.MinInSyncReplicas,
                Math.Min(minInSync, replicationFactor).ToString(CultureInfo.InvariantCulture)),
        ]);

    /// <summary>Null if a topic of this name may be created at the cluster's feature level.</summary>
    internal static Refusal? CheckCreate(ClusterImage image, string name) => name switch
    {
        ConsumerOffsets => FeatureLevelPlanner.Require(image, FeatureLevel.Groups, "A group of consumers"),
        TransactionState => FeatureLevelPlanner.Require(image, FeatureLevel.Transactions, "A transaction"),
        _ => null,
    };

    /// <summary>Null if clients may delete or grow a topic of this name.</summary>
    internal static Refusal? CheckChange(string name) => IsInternal(name)
        ? new Refusal(RefusalReason.InternalTopic, $"Topic '{name}' is internal: it is neither deleted nor grown.")
        : null;
}
