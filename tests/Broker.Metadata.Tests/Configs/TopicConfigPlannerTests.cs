using System.Collections.Immutable;
using Xunit;
using static Broker.Metadata.ConfigOperation;

namespace Broker.Metadata.Tests;

public sealed class TopicConfigPlannerTests
{
    private static readonly ClusterImage Three = Cluster.OfSize(3)
        .Then(Created(1, "t", ("retention.ms", "5"), ("segment.bytes", "4096")))
        .Then(Created(2, "relaxed", ("broker.durability", "relaxed")))
        .Then(Created(
            3, "__consumer_offsets", ("cleanup.policy", "compact"), ("min.insync.replicas", "1")));

    [Fact]
    public void Single_configs_are_set_and_deleted_and_the_others_stay()
    {
        ClusterImage image = Three.Then(Change(
            Three, 1, new("retention.ms", Set, "7"), new("segment.bytes", Delete, null), new("segment.ms", Set, "9")));
        Assert.Equal([("retention.ms", "7"), ("segment.ms", "9")], Configs(image, "t"));
        Assert.Equal(7, image.FindTopic("t")!.Settings.RetentionMs);
        image = image.Then(Change(image, 1, new ConfigChange("max.message.bytes", Set, "100")));
        Assert.Equal(
            [("max.message.bytes", "100"), ("retention.ms", "7"), ("segment.ms", "9")], Configs(image, "t"));
    }

    [Fact]
    public void All_together_are_replaced_and_what_is_not_named_goes_back_to_its_default()
    {
        ClusterImage image = Three.Then(Replace(Three, 1, new ConfigChange("segment.ms", Set, "9")));
        Assert.Equal([("segment.ms", "9")], Configs(image, "t"));
        image = image.Then(Replace(image, 1));
        Assert.Empty(Configs(image, "t"));
    }

    [Fact]
    public void A_list_is_added_to_and_taken_from_whether_it_was_set_or_not()
    {
        ClusterImage image = Three.Then(Change(Three, 1, new ConfigChange("cleanup.policy", Append, "compact")));
        Assert.Equal("delete,compact", image.FindTopic("t")!.Configs["cleanup.policy"]);
        Assert.Same(
            Plan.Nothing, Change(image, 1, new ConfigChange("cleanup.policy", Append, "compact,delete")));
        image = image.Then(Change(image, 1, new ConfigChange("cleanup.policy", Subtract, "delete")));
        Assert.Equal("compact", image.FindTopic("t")!.Configs["cleanup.policy"]);
        Refused(
            Change(image, 1, new ConfigChange("cleanup.policy", Subtract, "compact")),
            RefusalReason.InvalidConfig,
            "'cleanup.policy' would be left empty; it must be one or more of delete, compact");
    }

    [Theory]
    [InlineData("retention.mss", Set, "5", "no topic config 'retention.mss'. Did you mean 'retention.ms'?")]
    [InlineData("retention.mss", Delete, null, "Did you mean 'retention.ms'?")]
    [InlineData("segment.bytes", Set, "13", "is '13'; it must be a whole number from 14 to 2147483647")]
    [InlineData("segment.bytes", Set, null, "is nothing; it must be")]
    [InlineData("cleanup.policy", Subtract, "compct", "is 'compct'; it must be one or more of")]
    [InlineData("retention.ms", Append, "5", "'retention.ms' is no list: it can be set and deleted only")]
    public void What_is_no_config_or_no_value_is_refused(
        string name, ConfigOperation operation, string? value, string why) =>
        Refused(Change(Three, 1, new ConfigChange(name, operation, value)), RefusalReason.InvalidConfig, why);

    [Fact]
    public void A_refused_change_takes_the_others_of_its_topic_with_it()
    {
        Plan plan = Change(
            Three, 1, new("retention.ms", Set, "7"), new("segment.bytes", Set, "13"));
        Refused(plan, RefusalReason.InvalidConfig, "segment.bytes");
        Assert.Empty(plan.Records);
    }

    [Fact]
    public void A_config_that_is_named_twice_is_refused() => Refused(
        Change(Three, 1, new("retention.ms", Set, "7"), new("retention.ms", Delete, null)),
        RefusalReason.InvalidRequest,
        "'retention.ms' is named twice");

    [Fact]
    public void A_topic_that_has_the_name_later_is_not_the_one_that_was_meant()
    {
        ClusterImage image = Three.Then(new TopicDeleted(Cluster.Topic(1))).Then(Created(9, "t"));
        Refused(
            Change(image, 1, new ConfigChange("retention.ms", Set, "7")),
            RefusalReason.UnknownTopic,
            "Topic 't' was deleted");
        Assert.Throws<MetadataRecordException>(() => image.Then(
            new TopicConfigsChanged(Cluster.Topic(1), ImmutableSortedDictionary<string, string>.Empty)));
    }

    [Fact]
    public void Durability_stays_what_it_was_from_the_beginning()
    {
        const string why = "can't be changed";
        Refused(
            Change(Three, 2, new ConfigChange("broker.durability", Delete, null)), RefusalReason.InvalidConfig, why);
        Refused(
            Change(Three, 1, new ConfigChange("broker.durability", Set, "relaxed")), RefusalReason.InvalidConfig, why);
        Refused(Replace(Three, 2), RefusalReason.InvalidConfig, "Topic 'relaxed' is 'relaxed' for as long as it lives");
        ClusterImage image = Three
            .Then(Replace(Three, 2, new("broker.durability", Set, "relaxed"), new("segment.ms", Set, "9")))
            .Then(Change(Three, 1, new ConfigChange("broker.durability", Set, "flushed")));
        Assert.True(image.FindTopic("relaxed")!.Settings.IsRelaxed);
        Assert.False(image.FindTopic("t")!.Settings.IsRelaxed);
    }

    [Fact]
    public void Unclean_elections_are_taken_and_stay_off()
    {
        ClusterImage image = Three.Then(
            Change(Three, 1, new ConfigChange("unclean.leader.election.enable", Set, "true")));
        Assert.Equal("false", image.FindTopic("t")!.Configs["unclean.leader.election.enable"]);
    }

    [Fact]
    public void Of_the_coordinators_topic_all_is_changed_but_what_they_can_not_do_without()
    {
        ClusterImage image = Three.Then(Change(
            Three, 3, new("segment.bytes", Set, "4096"), new("min.insync.replicas", Set, "2")));
        Assert.Equal(4096, image.FindTopic("__consumer_offsets")!.Settings.SegmentBytes);
        Refused(
            Change(Three, 3, new ConfigChange("cleanup.policy", Append, "delete")),
            RefusalReason.InvalidConfig,
            "'cleanup.policy' of the internal topic '__consumer_offsets' stays 'compact'");
        Refused(Replace(Three, 3), RefusalReason.InvalidConfig, "stays 'compact'");
        Refused(
            Change(Three, 3, new ConfigChange("min.insync.replicas", Set, "3")),
            RefusalReason.InvalidConfig,
            "would be 3, and a partition of it has 2 replicas");
        Refused(
            TopicConfigPlanner.Change(
                Three,
                Wish(Three, 3, false, new ConfigChange("min.insync.replicas", Delete, null)),
                TopicDefaults.Default with { MinInSyncReplicas = 3 }),
            RefusalReason.InvalidConfig,
            "would be 3");
        Refused(
            Change(Three, 3, new ConfigChange("max.message.bytes", Set, "1000")),
            RefusalReason.InvalidConfig,
            "can't be less than 1048588");
    }

    [Fact]
    public void What_is_so_already_needs_no_record() =>
        Assert.Same(Plan.Nothing, Change(Three, 1, new ConfigChange("retention.ms", Set, "5")));

    [Fact]
    public void Below_the_level_nothing_is_changed_and_the_remedy_is_named()
    {
        ClusterImage old = ClusterImage.Empty
            .Apply([new ClusterCreated(Cluster.Id, FeatureLevel.TopicConfigs - 1)], 1)
            .Then(Cluster.Broker(1)).Then(Cluster.Broker(2)).Then(Created(1, "t"));
        Refused(
            Change(old, 1, new ConfigChange("retention.ms", Set, "7")),
            RefusalReason.LevelTooOld,
            "`broker cluster finalize`");
        Assert.Throws<MetadataRecordException>(() => old.Then(
            new TopicConfigsChanged(Cluster.Topic(1), ImmutableSortedDictionary<string, string>.Empty)));
    }

    private static void Refused(Plan plan, RefusalReason reason, string why)
    {
        Assert.Equal(reason, plan.Refusal?.Reason);
        Assert.Contains(why, plan.Refusal!.Message, StringComparison.Ordinal);
    }

    private static Plan Change(ClusterImage image, int topic, params ImmutableArray<ConfigChange> changes) =>
        TopicConfigPlanner.Change(image, Wish(image, topic, false, changes), TopicDefaults.Default);

    private static Plan Replace(ClusterImage image, int topic, params ImmutableArray<ConfigChange> changes) =>
        TopicConfigPlanner.Change(image, Wish(image, topic, true, changes), TopicDefaults.Default);

    private static TopicConfigWish Wish(
        ClusterImage image, int topic, bool replacesAll, params ImmutableArray<ConfigChange> changes) => new(
        image.FindTopic(Cluster.Topic(topic))?.Name ?? "t", Cluster.Topic(topic), replacesAll, changes);

    private static IEnumerable<(string, string)> Configs(ClusterImage image, string topic) =>
        image.FindTopic(topic)!.Configs.Select(config => (config.Key, config.Value));

    private static TopicCreated Created(int id, string name, params (string Name, string Value)[] configs) => new(
        Cluster.Topic(id),
        name,
        [Cluster.Ids(1, 2)],
        configs.ToImmutableSortedDictionary(config => config.Name, config => config.Value, StringComparer.Ordinal));
}
