using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class ReassignmentPlannerTests
{
    private readonly ClusterImage _image = Cluster.OfSize(5).Then(new TopicCreated(
        Cluster.Topic(1), "t", [Cluster.Ids(1, 2, 3), Cluster.Ids(2, 3, 1)], Configs(2)));

    [Fact]
    public void Replicas_are_added_before_any_is_removed()
    {
        PartitionImage moving = Moving(1, 4, 5).Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(1, 4, 5, 2, 3), moving.Replicas);
        Assert.Equal(Cluster.Ids(4, 5), moving.Adding);
        Assert.Equal(Cluster.Ids(2, 3), moving.Removing);
        Assert.Empty(moving.Removed);
    }

    [Fact]
    public void What_is_finished_says_whose_data_may_be_deleted()
    {
        ClusterImage moving = Moving(1, 4, 5);
        PartitionImage placed = moving.Then(Finished(moving)).Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(1, 4, 5), placed.Replicas);
        Assert.Equal(Cluster.Ids(2, 3), placed.Removed);
        Assert.Empty(placed.Adding);
        Assert.Null(placed.Reassignment);
        Assert.Equal(moving.Index, placed.PlacedAt(new BrokerId(4)));
        Assert.Equal(placed.CreatedAt, placed.PlacedAt(new BrokerId(1)));
    }

    [Fact]
    public void A_leader_that_is_removed_is_shown_no_more()
    {
        ClusterImage image = Moving(2, 3, 4);
        image = image.Then(LeadershipPlanner.Merge(image, [Cluster.Report(1, 0, 3, 1, 1, 2, 4)]));
        Assert.Equal(new BrokerId(1), image.Topics["t"].Partitions[0].Leader);
        PartitionImage placed = image.Then(Finished(image)).Topics["t"].Partitions[0];
        Assert.Equal(BrokerId.None, placed.Leader);
        Assert.Equal(new Term(3), placed.Term);
        Assert.Equal(Cluster.Ids(2, 4), placed.InSync);
    }

    [Fact]
    public void Who_comes_back_may_keep_what_it_has()
    {
        ClusterImage moving = Moving(1, 2, 4);
        ClusterImage back = Moving(moving.Then(Finished(moving)), 1, 2, 3);
        PartitionImage partition = back.Topics["t"].Partitions[0];
        Assert.Empty(partition.Removed);
        Assert.Equal(Cluster.Ids(3), partition.Adding);
        Assert.Equal(Cluster.Ids(1, 2, 4), partition.Original);
    }

    [Fact]
    public void A_cancelled_move_goes_back_to_where_it_began_and_then_removes_who_was_added()
    {
        ClusterImage cancelled = Grant(Moving(1, 4, 5), null);
        PartitionImage partition = cancelled.Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(1, 2, 3), partition.Target);
        Assert.Equal(Cluster.Ids(4, 5), partition.Removing);
        Assert.Empty(partition.Adding);
        Assert.Equal(Cluster.Ids(1, 2, 3, 4, 5), partition.Replicas);
        partition = cancelled.Then(Finished(cancelled)).Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(1, 2, 3), partition.Replicas);
        Assert.Equal(Cluster.Ids(4, 5), partition.Removed);
    }

    [Fact]
    public void A_target_that_is_replaced_leaves_nobody_out_who_may_have_a_replica()
    {
        PartitionImage partition = Moving(Moving(1, 2, 4), 1, 2, 5).Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(1, 2, 5, 4, 3), partition.Replicas);
        Assert.Equal(Cluster.Ids(5), partition.Adding);
        Assert.Equal(Cluster.Ids(4, 3), partition.Removing);
        Assert.Equal(Cluster.Ids(1, 2, 3), partition.Original);
    }

    [Fact]
    public void What_is_said_of_an_earlier_target_finishes_nothing_even_if_it_is_the_same()
    {
        ClusterImage first = Moving(1, 2, 4);
        FinishedMove old = MoveOf(first);
        ClusterImage again = Moving(Moving(first, 1, 2, 5), 1, 2, 4);
        Assert.Empty(ReassignmentPlanner.Finish(again, [old]).Records);
        ClusterImage after = again.Then(new ReassignmentsFinished([old]));
        Assert.Equal(again.Topics["t"].Partitions[0].Replicas, after.Topics["t"].Partitions[0].Replicas);
        Assert.Single(ReassignmentPlanner.Finish(again, [MoveOf(again), MoveOf(again)]).Records);
    }

    [Fact]
    public void Another_order_only_changes_the_preferred_leader()
    {
        PartitionImage partition = Moving(3, 1, 2).Topics["t"].Partitions[0];
        Assert.Equal(Cluster.Ids(3, 1, 2), partition.Replicas);
        Assert.Null(partition.Reassignment);
    }

    [Fact]
    public void What_is_so_already_needs_no_record()
    {
        Assert.Null(Reassign(_image, Cluster.Ids(1, 2, 3), out PartitionTarget? target));
        Assert.Null(target);
        Assert.Null(Reassign(Moving(1, 2, 4), Cluster.Ids(1, 2, 4), out target));
        Assert.Null(target);
        Assert.Null(Reassign(Grant(Moving(1, 2, 4), null), null, out target));
        Assert.Null(target);
    }

    [Theory]
    [InlineData("", "at least one")]
    [InlineData("1 2 2", "twice")]
    [InlineData("1 2 9", "Broker 9 is not registered; the brokers are 1, 2, 3, 4, 5")]
    [InlineData("1", "min.insync.replicas is 2")]
    public void Impossible_replicas_are_refused_with_the_way_out(string replicas, string reason)
    {
        int[] ids = [.. replicas.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Refusal? refusal = Reassign(_image, Cluster.Ids(ids), out PartitionTarget? target);
        Assert.Equal(RefusalReason.InvalidReplicaAssignment, refusal?.Reason);
        Assert.Contains(reason, refusal!.Message, StringComparison.Ordinal);
        Assert.Null(target);
    }

    [Fact]
    public void A_broker_that_is_gone_gets_no_replica_but_may_keep_its_own()
    {
        ClusterImage image = Fence(Fence(_image, 4), 3);
        Refusal? refusal = Reassign(image, Cluster.Ids(1, 2, 4), out _);
        Assert.Equal(RefusalReason.InvalidReplicaAssignment, refusal?.Reason);
        Assert.Contains("Broker 4 is gone or silent", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(Reassign(image, Cluster.Ids(1, 5, 3), out _));
    }

    [Fact]
    public void A_group_is_not_given_to_brokers_of_which_no_majority_is_alive()
    {
        Refusal? refusal = Reassign(Fence(Fence(_image, 3), 2), Cluster.Ids(2, 3, 4), out _);
        Assert.Equal(RefusalReason.InvalidReplicaAssignment, refusal?.Reason);
        Assert.Contains("no majority", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        Assert.Equal(RefusalReason.UnknownTopic, Reassign("u", 0, _image)?.Reason);
        Assert.Equal(RefusalReason.UnknownTopic, Reassign("t", 2, _image)?.Reason);
        Assert.Equal(RefusalReason.UnknownTopic, Reassign("t", -1, _image)?.Reason);
        Assert.Equal(RefusalReason.NoReassignmentInProgress, Reassign(_image, null, out _)?.Reason);
    }

    [Fact]
    public void A_cluster_of_an_older_level_is_not_shown_the_record()
    {
        ClusterImage old = ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Oldest)], 1)
            .Then(Cluster.Broker(1)).Then(Cluster.Broker(2))
            .Then(new TopicCreated(Cluster.Topic(1), "t", [Cluster.Ids(1)], Configs(1)));
        Refusal? refusal = Reassign(old, Cluster.Ids(2), out PartitionTarget? target);
        Assert.Equal(RefusalReason.LevelTooOld, refusal?.Reason);
        Assert.Contains("run `broker cluster finalize`", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(target);
        var record = new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(2))]);
        Assert.Throws<MetadataRecordException>(() => old.Then(record));
    }

    private static FinishedMove MoveOf(ClusterImage image) =>
        new(Cluster.Topic(1), 0, image.Topics["t"].Partitions[0].Reassignment!.At);

    private static Plan Finished(ClusterImage image) => ReassignmentPlanner.Finish(image, [MoveOf(image)]);

    private static ClusterImage Fence(ClusterImage image, int broker) =>
        image.Then(new BrokerFenced(new BrokerId(broker), image.Brokers[new BrokerId(broker)].Process));

    private static Refusal? Reassign(string topic, int partition, ClusterImage image) => ReassignmentPlanner.Reassign(
        image, new ReassignmentWish(topic, partition, Cluster.Ids(1, 2)), TopicDefaults.Default, out _);

    private static Refusal? Reassign(
        ClusterImage image, ImmutableArray<BrokerId>? replicas, out PartitionTarget? target) =>
        ReassignmentPlanner.Reassign(
            image, new ReassignmentWish("t", 0, replicas), TopicDefaults.Default, out target);

    private static ClusterImage Grant(ClusterImage image, ImmutableArray<BrokerId>? replicas)
    {
        Assert.Null(Reassign(image, replicas, out PartitionTarget? target));
        return image.Then(new PartitionsReassigned([target!]));
    }

    private static ClusterImage Moving(ClusterImage image, params int[] replicas) =>
        Grant(image, Cluster.Ids(replicas));

    private static ImmutableSortedDictionary<string, string> Configs(int minInSync) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(TopicConfigTable.MinInSyncReplicas, $"{minInSync}");

    private ClusterImage Moving(params int[] replicas) => Moving(_image, replicas);
}
