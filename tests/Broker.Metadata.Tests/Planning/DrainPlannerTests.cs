using System.Collections.Immutable;
using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class DrainPlannerTests
{
    private static readonly BrokerId Two = new(2);
    private static readonly ClusterImage Four = Cluster.OfSize(4).Then(new TopicCreated(
        Cluster.Topic(1), "t", [Cluster.Ids(1, 2, 3)], ImmutableSortedDictionary<string, string>.Empty));

    [Fact]
    public void A_broker_is_marked_once_and_the_mark_is_taken_back()
    {
        ClusterImage image = Four.Then(DrainPlanner.Mark(Four, Two, true, Cluster.NoReports));
        Assert.True(image.IsDraining(Two));
        Assert.Same(Plan.Nothing, DrainPlanner.Mark(image, Two, true, Cluster.NoReports));
        image = image.Then(DrainPlanner.Mark(image, Two, false, Cluster.NoReports));
        Assert.False(image.IsDraining(Two));
        Assert.Same(Plan.Nothing, DrainPlanner.Mark(image, Two, false, Cluster.NoReports));
    }

    [Fact]
    public void The_mark_outlives_processes_and_data_directories()
    {
        ClusterImage image = Four.Then(new BrokerDraining(Two, true));
        image = image.Then(Cluster.Broker(2, process: 7)).Then(
            new BrokerFenced(Two, Cluster.Broker(2, process: 7).Process));
        image = image.Then(Cluster.Broker(2, incarnation: 8, process: 9));
        Assert.True(image.IsDraining(Two));
    }

    [Fact]
    public void A_broker_that_nobody_knows_is_refused_with_those_that_are_known() => Refused(
        Four, 9, RefusalReason.InvalidRequest, "Broker 9 is not registered; the brokers are 1, 2, 3, 4.");

    [Fact]
    public void Without_room_for_its_replicas_nothing_is_marked()
    {
        ClusterImage image = Four.Then(new BrokerFenced(new BrokerId(4), Four.Brokers[new BrokerId(4)].Process));
        Refused(image, 2, RefusalReason.NoRoom, "t/0 has its replicas on 1, 2, 3, and no other broker lives");
        image = Four.Then(new BrokerDraining(new BrokerId(4), true));
        Refused(image, 2, RefusalReason.NoRoom, "or let one stay that is being drained");
    }

    [Fact]
    public void The_last_broker_that_takes_replicas_stays()
    {
        ClusterImage image = Cluster.OfSize(2).Then(new BrokerDraining(Two, true));
        Refused(image, 1, RefusalReason.NoRoom, "Without broker 1 no broker would be left");
    }

    [Fact]
    public void Nobody_is_given_replicas_by_name_on_a_broker_that_is_drained()
    {
        ClusterImage image = Four.Then(new BrokerDraining(new BrokerId(4), true));
        Refusal? refusal = ReassignmentPlanner.Reassign(
            image, new ReassignmentWish("t", 0, Cluster.Ids(1, 2, 4)), TopicDefaults.Default, out _);
        Assert.Contains("Broker 4 is being drained", refusal!.Message, StringComparison.Ordinal);
        TopicWish wish = Cluster.Wish("u", id: 2) with { Assignments = [new(0, Cluster.Ids(4))] };
        Assert.Contains(
            "decommission 4 --cancel", Cluster.Create(image, wish).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_replicas_may_be_named_where_it_has_them_and_a_move_away_may_be_taken_back()
    {
        ClusterImage image = Four.Then(new BrokerDraining(Two, true));
        image = image.Then(new PartitionsReassigned([new PartitionTarget(Cluster.Topic(1), 0, Cluster.Ids(1, 4, 3))]));
        Assert.Null(ReassignmentPlanner.Reassign(
            image, new ReassignmentWish("t", 0, null), TopicDefaults.Default, out PartitionTarget? target));
        Assert.Equal(Cluster.Ids(1, 2, 3), target!.Replicas);
    }

    [Fact]
    public void Without_room_on_the_disks_that_could_take_its_replicas_nothing_is_marked()
    {
        Refused(Four, 2, RefusalReason.NoRoom, "t/0 takes 1000 bytes, and beside", Reports(room: 1100));
        Refused(Four, 2, RefusalReason.NoRoom, "or delete records", Reports(room: 0));
        Assert.Null(DrainPlanner.Mark(Four, Two, true, Reports(room: 1101)).Refusal);

        // Each would fit alone.
        ClusterImage two = Four.Then(new TopicCreated(
            Cluster.Topic(2), "u", [Cluster.Ids(1, 2, 3)], ImmutableSortedDictionary<string, string>.Empty));
        Refused(two, 2, RefusalReason.NoRoom, "beside what else", Reports(room: 2000));
        Assert.Null(DrainPlanner.Mark(two, Two, true, Reports(room: 3000)).Refusal);
    }

    private static ImmutableSortedDictionary<BrokerId, RoomReport> Reports(long room)
    {
        var sizes = new Dictionary<PartitionId, long>
        {
            [new PartitionId(Cluster.Topic(1), 0)] = 1000,
            [new PartitionId(Cluster.Topic(2), 0)] = 1000,
        };
        return Cluster.NoReports
            .Add(new BrokerId(1), new RoomReport(0, sizes))
            .Add(new BrokerId(4), new RoomReport(room, new Dictionary<PartitionId, long>()));
    }

    private static void Refused(
        ClusterImage image,
        int broker,
        RefusalReason reason,
        string why,
        ImmutableSortedDictionary<BrokerId, RoomReport>? disks = null)
    {
        Refusal? refusal =
            DrainPlanner.Mark(image, new BrokerId(broker), true, disks ?? Cluster.NoReports).Refusal;
        Assert.Equal(reason, refusal?.Reason);
        Assert.Contains(why, refusal!.Message, StringComparison.Ordinal);
    }
}
