using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class TopicPlannerTests
{
    private static readonly ClusterImage Three = Cluster.OfSize(3);

    [Fact]
    public void Minus_one_takes_the_defaults()
    {
        ClusterImage image = Three.Then(Cluster.Create(Three, Cluster.Wish("t"), new TopicDefaults(6, 2, 100)));
        Assert.Equal(6, image.Topics["t"].Partitions.Count);
        Assert.All(image.Topics["t"].Partitions, partition => Assert.Equal(2, partition.Replicas.Length));
        Assert.All(image.Topics["t"].Partitions, partition => Assert.Equal(BrokerId.None, partition.Leader));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("tüte")]
    [InlineData("a\0")]
    public void A_name_that_is_not_allowed_is_refused(string name) =>
        AssertRefused(RefusalReason.InvalidTopicName, Create(Three, Cluster.Wish(name)));

    [Fact]
    public void A_name_has_at_most_249_characters()
    {
        AssertRefused(RefusalReason.InvalidTopicName, Create(Three, Cluster.Wish(new string('a', 250))));
        Assert.Null(Create(Three, Cluster.Wish(new string('a', 249))).Refusal);
    }

    [Fact]
    public void A_name_is_taken_once_and_dots_collide_with_underscores()
    {
        ClusterImage image = Three.Then(Create(Three, Cluster.Wish("a.b_c")));
        AssertRefused(RefusalReason.TopicAlreadyExists, Create(image, Cluster.Wish("a.b_c")));
        AssertRefused(RefusalReason.InvalidTopicName, Create(image, Cluster.Wish("a_b.c")));
        Assert.Null(Create(image, Cluster.Wish("a-b.c", id: 2)).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(10_001)]
    public void A_number_of_partitions_that_is_not_allowed_is_refused(int partitions) =>
        AssertRefused(RefusalReason.InvalidPartitions, Create(Three, Cluster.Wish("t", partitions)));

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(4)]
    [InlineData(70_000)]
    public void A_replication_factor_that_can_not_be_had_is_refused(int factor) =>
        AssertRefused(RefusalReason.InvalidReplicationFactor, Create(Three, Cluster.Wish("t", 1, factor)));

    [Fact]
    public void Given_replicas_are_taken_as_they_are()
    {
        ClusterImage image = Three.Then(Create(Three, Given((1, [3, 1]), (0, [2, 3]))));
        Assert.Equal(Cluster.Ids(2, 3), image.Topics["t"].Partitions[0].Replicas);
        Assert.Equal(Cluster.Ids(3, 1), image.Topics["t"].Partitions[1].Replicas);
    }

    [Fact]
    public void Given_replicas_must_be_whole_and_of_registered_brokers()
    {
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, [1]), (2, [1]))));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, [1]), (0, [2]))));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, []))));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, [1, 1]))));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, [1, 2]), (1, [1]))));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Create(Three, Given((0, [1, 4]))));
        AssertRefused(
            RefusalReason.InvalidRequest, Create(Three, Given((0, [1])) with { Partitions = 1 }));
    }

    [Fact]
    public void Only_a_topic_that_is_there_can_be_deleted()
    {
        AssertRefused(RefusalReason.UnknownTopic, TopicPlanner.Delete(Three, "t"));
        AssertRefused(RefusalReason.UnknownTopicId, TopicPlanner.Delete(Three, Cluster.Topic(1)));
    }

    [Fact]
    public void A_topic_only_grows()
    {
        ClusterImage image = Three.Then(Create(Three, Cluster.Wish("t", 3, 2)));
        AssertRefused(RefusalReason.InvalidPartitions, Add(image, "t", 3));
        AssertRefused(RefusalReason.InvalidPartitions, Add(image, "t", 10_001));
        AssertRefused(RefusalReason.UnknownTopic, Add(image, "other", 5));
        image = image.Then(Add(image, "t", 5));
        Assert.Equal(5, image.Topics["t"].Partitions.Count);
        Assert.All(image.Topics["t"].Partitions, partition => Assert.Equal(2, partition.Replicas.Length));
    }

    [Fact]
    public void Given_replicas_of_new_partitions_are_exactly_theirs()
    {
        ClusterImage image = Three.Then(Create(Three, Cluster.Wish("t", 3, 2)));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Add(image, "t", 5, Cluster.Ids(1, 2)));
        AssertRefused(RefusalReason.InvalidReplicaAssignment, Add(image, "t", 4, Cluster.Ids(1)));
        image = image.Then(Add(image, "t", 4, Cluster.Ids(3, 2)));
        Assert.Equal(Cluster.Ids(3, 2), image.Topics["t"].Partitions[3].Replicas);
    }

    [Fact]
    public void Configs_are_kept_and_read_as_settings()
    {
        ClusterImage image = Three.Then(Create(Three, Configured(
            ("retention.ms", "1000"),
            ("cleanup.policy", "compact, delete"),
            ("unclean.leader.election.enable", "true"))));
        TopicSettings settings = image.Topics["t"].Settings;
        Assert.Equal(1000, settings.RetentionMs);
        Assert.True(settings.Compacts && settings.Deletes);
        Assert.Equal(-1, settings.RetentionBytes);
        Assert.Equal("false", image.Topics["t"].Configs["unclean.leader.election.enable"]);
    }

    [Theory]
    [InlineData("retention.m", "1", "'retention.ms'")]
    [InlineData("min.insync.replica", "1", "'min.insync.replicas'")]
    [InlineData("", "1", "Did you mean")]
    [InlineData("retention.ms", "-2", "a whole number from -1 to")]
    [InlineData("retention.ms", "ten", "a whole number from -1 to")]
    [InlineData("retention.ms", null, "is nothing")]
    [InlineData("cleanup.policy", "archive", "delete, compact")]
    [InlineData("min.insync.replicas", "0", "from 1 to")]
    [InlineData("min.cleanable.dirty.ratio", "1.5", "from 0 to 1")]
    [InlineData("min.cleanable.dirty.ratio", "-0.1", "from 0 to 1")]
    [InlineData("min.cleanable.dirty.ratio", "NaN", "from 0 to 1")]
    [InlineData("min.compaction.lag.ms", "-1", "a whole number from 0 to")]
    [InlineData("delete.retention.ms", "-1", "a whole number from 0 to")]
    [InlineData("delete.retention.ms", "9223372036854775808", "a whole number from 0 to")]
    [InlineData("cleanup.policy", "compact,", "delete, compact")]
    [InlineData("unclean.leader.election.enable", "yes", "true or false")]
    [InlineData("broker.durability", "lax", "flushed, relaxed")]
    public void A_config_that_is_wrong_is_refused_with_what_is_right(string name, string? value, string expected)
    {
        Plan plan = Create(Three, Configured((name, value)));
        AssertRefused(RefusalReason.InvalidConfig, plan);
        Assert.Contains(expected, plan.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relaxed_topic_needs_a_level_that_all_brokers_know()
    {
        TopicWish wish = Configured(("broker.durability", "relaxed"));
        ClusterImage image = Three.Then(Create(Three, wish));
        Assert.True(TopicSettings.From(image.Topics["t"].Configs).IsRelaxed);
        Assert.False(TopicSettings.Default.IsRelaxed);

        ClusterImage old = ClusterImage.Empty
            .Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Relaxed - 1)], 1).Then(Cluster.Broker(1));
        AssertRefused(RefusalReason.LevelTooOld, Create(old, wish));
    }

    [Theory]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    public void What_groups_and_transactions_stand_on_is_never_relaxed(string name)
    {
        Plan plan = Create(Three, Configured(("broker.durability", "relaxed")) with { Name = name });
        AssertRefused(RefusalReason.InvalidConfig, plan);
    }

    [Fact]
    public void The_table_of_configs_is_in_order_and_its_defaults_are_allowed()
    {
        Assert.Equal(
            TopicConfigTable.All.Select(definition => definition.Name).Order(StringComparer.Ordinal),
            TopicConfigTable.All.Select(definition => definition.Name));
        Assert.All(TopicConfigTable.All, definition => Assert.True(definition.Allows(definition.Default)));
    }

    private static Plan Create(ClusterImage image, TopicWish wish) =>
        TopicPlanner.Create(image, wish, TopicDefaults.Default, Cluster.NoDoubt);

    private static Plan Add(ClusterImage image, string name, int total, params ImmutableArray<BrokerId>[] given) =>
        TopicPlanner.AddPartitions(image, name, total, [.. given], TopicDefaults.Default, Cluster.NoDoubt);

    private static TopicWish Given(params (int Partition, int[] Replicas)[] given) => Cluster.Wish("t") with
    {
        Assignments = [.. given.Select(one => new PartitionAssignment(one.Partition, Cluster.Ids(one.Replicas)))],
    };

    private static TopicWish Configured(params (string Name, string? Value)[] configs) => Cluster.Wish("t") with
    {
        Configs = [.. configs.Select(config => KeyValuePair.Create(config.Name, config.Value))],
    };

    private static void AssertRefused(RefusalReason reason, Plan plan)
    {
        Assert.Equal(reason, plan.Refusal?.Reason);
        Assert.Empty(plan.Records);
    }
}
