using System.Collections.Immutable;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class RebuildPlannerTests
{
    private const int Many = 1000;

    [Fact]
    public void A_replica_of_a_broker_that_is_gone_goes_to_the_least_loaded_one_and_takes_its_place()
    {
        ClusterImage image = With(Cluster.OfSize(5), [1, 2, 3], [3, 1, 4], [1, 2, 4]);
        Rebuild rebuild = Make(Without(image, 3), Many, 3);
        Assert.Equal([(0, Cluster.Ids(1, 2, 5)), (1, Cluster.Ids(5, 1, 4))], Targets(rebuild));
        Assert.Empty(rebuild.Stuck);
    }

    [Fact]
    public void Replicas_stay_spread_over_racks_before_they_are_even()
    {
        ClusterImage image = With(Cluster.Of("a", "b", "b", "a", "c"), [2, 5, 1], [4, 5], [4, 5], [4, 5]);
        Assert.Equal(Cluster.Ids(2, 5, 4), Targets(Make(Without(image, 1), Many, 1)).Single().Replicas);
    }

    [Fact]
    public void Nobody_is_replaced_who_is_not_overdue()
    {
        ClusterImage image = Without(With(Cluster.OfSize(5), [1, 2, 3]), 3);
        Assert.Same(Rebuild.Nothing, Make(image, Many));
        image = Without(With(Cluster.OfSize(7), [1, 2, 3, 4, 5]), 2, 3);
        Assert.Equal(Cluster.Ids(1, 6, 3, 4, 5), Targets(Make(image, Many, 2)).Single().Replicas);
    }

    [Fact]
    public void Without_a_majority_nothing_is_rebuilt()
    {
        ClusterImage image = Without(With(Cluster.OfSize(6), [1, 2, 3], [1, 2], [3], [1, 5, 6]), 2, 3);
        Rebuild rebuild = Make(image, Many, 2, 3);
        Assert.Empty(rebuild.Targets);
        Assert.Equal([0, 1, 2], rebuild.Stuck.Select(each => each.Partition));
        Assert.All(rebuild.Stuck, each => Assert.Equal(RebuildObstacle.NoMajority, each.Obstacle));
    }

    [Fact]
    public void Without_room_nothing_is_rebuilt_and_a_draining_broker_is_no_room()
    {
        ClusterImage image = Without(With(Cluster.OfSize(4), [1, 2, 3]), 3).Then(
            new BrokerDraining(new BrokerId(4), true));
        Rebuild rebuild = Make(image, Many, 3);
        Assert.Empty(rebuild.Targets);
        Assert.Equal([new StuckPartition("t", 0, RebuildObstacle.NoRoom)], rebuild.Stuck);
    }

    [Fact]
    public void A_broker_that_can_not_be_reached_just_now_gets_nothing_and_is_room_all_the_same()
    {
        ClusterImage image = Without(With(Cluster.OfSize(4), [1, 2, 3]), 3);
        Rebuild rebuild = RebuildPlanner.Make(image, Set(3), Set(4), Cluster.NoReports, Many);
        Assert.Empty(rebuild.Targets);
        Assert.Empty(rebuild.Stuck);
    }

    [Fact]
    public void A_disk_that_would_be_full_gets_nothing_and_others_do()
    {
        ClusterImage image = Without(With(Cluster.OfSize(5), [1, 2, 3], [1, 2, 3]), 3);
        Rebuild rebuild = Make(image, Reports((1, 0, 1000), (4, 1050, 0), (5, 5000, 0)));
        Assert.Equal([(0, Cluster.Ids(1, 2, 5)), (1, Cluster.Ids(1, 2, 5))], Targets(rebuild));
        rebuild = Make(image, Reports((1, 0, 1000), (4, 1200, 0), (5, 0, 0)));
        Assert.Equal([(0, Cluster.Ids(1, 2, 4))], Targets(rebuild));
        Assert.Equal([new StuckPartition("t", 1, RebuildObstacle.DisksFull)], rebuild.Stuck);
    }

    [Fact]
    public void A_full_disk_takes_not_even_an_empty_replica()
    {
        ClusterImage image = Without(With(Cluster.OfSize(4), [1, 2, 3]), 3);
        Assert.Equal(RebuildObstacle.DisksFull, Make(image, Reports((4, 0, 0))).Stuck.Single().Obstacle);
    }

    [Fact]
    public void What_is_on_its_way_to_a_disk_takes_its_room()
    {
        ClusterImage image = With(Cluster.OfSize(4), [1, 2, 3], [1, 2, 3]);
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(1, 2, 4))]));
        image = Without(image, 3);
        Assert.Empty(Make(image, Reports((1, 0, 1000), (4, 2000, 0))).Targets);
        Assert.Equal([1], Targets(Make(image, Reports((1, 0, 1000), (4, 2000, 900)))).Select(each => each.Partition));
    }

    [Fact]
    public void What_moves_already_is_left_alone_and_counts_if_it_is_a_rebuild()
    {
        ClusterImage image = Without(With(Cluster.OfSize(6), [1, 2, 3], [1, 2, 3], [1, 2, 3]), 3);
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(1, 2, 4))]));
        image = image.Then(new LeadershipReported([Cluster.Report(1, 0, 4, 1, 1, 2)]));
        Assert.Equal([1], Targets(Make(image, 2, 3)).Select(target => target.Partition));
        Assert.Empty(Make(image, 1, 3).Targets);
    }

    [Fact]
    public void A_move_that_nobody_leads_keeps_no_other_partition_waiting()
    {
        ClusterImage image = With(Cluster.OfSize(6), [3], [1, 2, 3]);
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(4))]));
        Assert.Equal([1], Targets(Make(Without(image, 3), 1, 3)).Select(target => target.Partition));
    }

    [Fact]
    public void A_move_to_a_broker_that_is_gone_too_goes_to_another_one()
    {
        ClusterImage image = Without(With(Cluster.OfSize(6), [1, 2, 3]), 3);
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(1, 2, 4))]));
        image = Without(image, 4);
        Assert.Empty(Make(image, Many, 3).Targets);
        Assert.Equal(Cluster.Ids(1, 2, 5), Targets(Make(image, 1, 3, 4)).Single().Replicas);
    }

    [Fact]
    public void A_move_back_to_a_broker_that_is_gone_goes_elsewhere_though_it_was_there_before()
    {
        ClusterImage image = With(Cluster.OfSize(4), [1, 2, 3]);
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(4, 2, 3))]));
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(1, 2, 3))]));
        Assert.Equal(Cluster.Ids(4, 2, 3), Targets(Make(Without(image, 1), 1, 1)).Single().Replicas);
    }

    [Fact]
    public void Partitions_that_are_closest_to_standing_still_come_first()
    {
        ClusterImage image = Without(With(Cluster.OfSize(7), [1, 2, 3, 4, 5], [1, 2, 5]), 5);
        Assert.Equal([1], Targets(Make(image, 1, 5)).Select(target => target.Partition));
    }

    [Fact]
    public void It_waits_for_the_level_that_knows_moves()
    {
        ClusterImage image = Without(With(Cluster.OfSize(4), [1, 2, 3]), 3) with { Level = 1 };
        Assert.Same(Rebuild.Nothing, Make(image, Many, 3));
    }

    [Property(MaxTest = 300)]
    public void Whatever_happened_before_only_what_is_gone_is_replaced_by_what_lives(
        (byte Action, byte What, byte Which)[] script, byte choice, byte bound)
    {
        ClusterImage image = ScriptedCluster.Run(script).Image;
        SortedSet<BrokerId> overdue = [.. image.Brokers.Values
            .Where(broker => broker.Fenced && (choice >> (broker.Id.Value % 8) & 1) == 0).Select(broker => broker.Id)];
        int most = 1 + (bound % 20);
        Rebuild rebuild = RebuildPlanner.Make(image, overdue, Cluster.NoDoubt, Cluster.NoReports, most);
        Assert.True(rebuild.Targets.Length <= most);
        foreach (PartitionTarget target in rebuild.Targets)
        {
            AssertSound(image, image.FindPartition(new PartitionId(target.Topic, target.Partition))!, target, overdue);
        }

        Assert.Equal(rebuild.Targets.Length, rebuild.Targets.DistinctBy(each => (each.Topic, each.Partition)).Count());
        ClusterImage next = image.Then(rebuild.Plan);
        Assert.Empty(RebuildPlanner.Make(next, overdue, Cluster.NoDoubt, Cluster.NoReports, most).Targets
            .Select(each => (each.Topic, each.Partition))
            .Intersect(rebuild.Targets.Select(each => (each.Topic, each.Partition))));
    }

    private static void AssertSound(
        ClusterImage image, PartitionImage partition, PartitionTarget target, SortedSet<BrokerId> overdue)
    {
        Assert.Equal(partition.Target.Length, target.Replicas.Distinct().Count());
        Assert.True(partition.Original.Count(image.IsAlive) > partition.Original.Length / 2);
        Assert.True(target.Replicas.Count(image.IsAlive) > target.Replicas.Length / 2);
        for (int i = 0; i < target.Replicas.Length; i++)
        {
            BrokerId now = target.Replicas[i];
            bool isNew = now != partition.Target[i];
            Assert.Equal(isNew && !partition.Target.Contains(now), isNew);
            Assert.True(!isNew || (overdue.Contains(partition.Target[i]) && image.IsAlive(now)));
            Assert.False(isNew && image.IsDraining(now));
        }
    }

    private static ClusterImage With(ClusterImage image, params int[][] partitions) => image.Then(new TopicCreated(
        Cluster.Topic(1),
        "t",
        [.. partitions.Select(replicas => Cluster.Ids(replicas))],
        ImmutableSortedDictionary<string, string>.Empty));

    private static ClusterImage Without(ClusterImage image, params int[] brokers) => brokers.Aggregate(
        image, (at, id) => at.Then(new BrokerFenced(new BrokerId(id), at.Brokers[new BrokerId(id)].Process)));

    private static Rebuild Make(ClusterImage image, int most, params int[] overdue) =>
        RebuildPlanner.Make(image, Set(overdue), Cluster.NoDoubt, Cluster.NoReports, most);

    private static Rebuild Make(ClusterImage image, ImmutableSortedDictionary<BrokerId, RoomReport> disks) =>
        RebuildPlanner.Make(image, Set(3), Cluster.NoDoubt, disks, Many);

    // Each tells the same of every partition, of two.
    private static ImmutableSortedDictionary<BrokerId, RoomReport> Reports(
        params (int Broker, long Room, long Size)[] told) => told.ToImmutableSortedDictionary(
            each => new BrokerId(each.Broker),
            each => new RoomReport(each.Room, new Dictionary<PartitionId, long>
            {
                [new PartitionId(Cluster.Topic(1), 0)] = each.Size,
                [new PartitionId(Cluster.Topic(1), 1)] = each.Size,
            }));

    private static IReadOnlySet<BrokerId> Set(params int[] ids) => Cluster.Ids(ids).ToImmutableSortedSet();

    private static IEnumerable<(int Partition, ImmutableArray<BrokerId> Replicas)> Targets(Rebuild rebuild) =>
        rebuild.Targets.Select(target => (target.Partition, target.Replicas));
}
