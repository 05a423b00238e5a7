using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class InternalTopicsTests
{
    private static readonly ClusterImage Three = Cluster.OfSize(3);

    [Fact]
    public void Offsets_have_as_many_replicas_as_are_wanted_or_there_is_no_topic()
    {
        ClusterImage image = Three.Then(Create(Three, 3));
        TopicImage topic = image.Topics[InternalTopics.ConsumerOffsets];
        Assert.All(topic.Partitions, partition => Assert.Equal(3, partition.Replicas.Length));
        Assert.True(topic.Settings is { Compacts: true, Deletes: false });

        Plan refused = Create(Cluster.OfSize(2), 3);
        Assert.Equal(RefusalReason.InvalidReplicationFactor, refused.Refusal?.Reason);
        Assert.Empty(refused.Records);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    public void Offsets_can_be_written_whatever_topics_ask_for_by_default(int replicas, int inSync)
    {
        ClusterImage image = Three.Then(Create(Three, replicas));
        Assert.Equal(inSync, image.Topics[InternalTopics.ConsumerOffsets].Settings.MinInSyncReplicas);
    }

    [Fact]
    public void Groups_wait_for_their_feature_level()
    {
        ClusterImage old = ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Groups - 1)], 1);
        Assert.Equal(RefusalReason.LevelTooOld, Create(old, 1).Refusal?.Reason);
    }

    [Fact]
    public void Transactions_wait_for_theirs()
    {
        TopicWish wish = InternalTopics.TransactionsWish(TopicId.New(new Random(5)), 50, 1, minInSync: 2);
        Plan Create(ClusterImage image) =>
            TopicPlanner.Create(image, wish, TopicDefaults.Default, new HashSet<BrokerId>());
        ClusterImage old = ClusterImage.Empty
            .Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Transactions - 1)], 1).Then(Cluster.Broker(1));
        Assert.Equal(RefusalReason.LevelTooOld, Create(old).Refusal?.Reason);

        ClusterImage image = Three.Then(Create(Three));
        Assert.True(image.Topics[InternalTopics.TransactionState].Settings is { Compacts: true, IsRelaxed: false });
        Assert.True(InternalTopics.IsInternal(InternalTopics.TransactionState));
    }

    [Fact]
    public void An_internal_topic_is_neither_deleted_nor_grown()
    {
        ClusterImage image = Three.Then(Create(Three, 3));
        TopicId id = image.Topics[InternalTopics.ConsumerOffsets].Id;
        Plan[] plans =
        [
            TopicPlanner.Delete(image, id),
            TopicPlanner.Delete(image, InternalTopics.ConsumerOffsets),
            TopicPlanner.AddPartitions(
                image, InternalTopics.ConsumerOffsets, 60, [], TopicDefaults.Default, new HashSet<BrokerId>()),
        ];
        Assert.All(plans, plan => Assert.Equal(RefusalReason.InternalTopic, plan.Refusal?.Reason));
    }

    private static Plan Create(ClusterImage image, int replicas) => TopicPlanner.Create(
        image,
        InternalTopics.OffsetsWish(TopicId.New(new Random(5)), 50, replicas, minInSync: 2),
        TopicDefaults.Default,
        new HashSet<BrokerId>());
}
