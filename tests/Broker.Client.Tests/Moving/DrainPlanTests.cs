using Broker.Client.Disks;
using Broker.Client.Moving;
using Broker.Model;
using Xunit;

namespace Broker.Client.Tests.Moving;

public sealed class DrainPlanTests
{
    [Fact]
    public void A_replica_goes_to_the_broker_with_the_fewest_and_takes_its_place()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Layouts.Of(Layouts.Brokers("", "", "", "", ""), [2, 1, 3], [4, 2, 3], [1, 2, 3]));
        Assert.Equal([Layouts.Ids(2, 5, 3), Layouts.Ids(4, 2, 3)], plan.Select(move => move.Replicas));
        Assert.Equal([0, 2], plan.Select(move => move.Partition));
    }

    [Fact]
    public void Replicas_stay_spread_over_racks_before_they_are_even()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Layouts.Of(Layouts.Brokers("a", "b", "b", "a"), [1, 2], [4, 2], [4, 2], [4, 2]));
        Assert.Equal(Layouts.Ids(4, 2), Assert.Single(plan).Replicas);
    }

    [Fact]
    public void What_is_on_its_way_from_the_broker_is_not_asked_again_and_what_comes_to_it_is_turned_away()
    {
        ReassignmentDescription[] moves =
        [
            new("t", 0, Layouts.Ids(2, 3, 4, 1), Layouts.Ids(4), Layouts.Ids(1)),
            new("t", 1, Layouts.Ids(1, 2, 3, 4), Layouts.Ids(1), Layouts.Ids(4)),
        ];
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1),
            Layouts.Of(Layouts.Brokers("", "", "", ""), [2, 3, 4, 1], [1, 2, 3, 4]) with { Moves = moves });
        ReplicaMove move = Assert.Single(plan);
        Assert.Equal(1, move.Partition);
        Assert.Equal(Layouts.Ids(4, 2, 3), move.Replicas);
    }

    [Fact]
    public void What_leaves_one_broker_does_not_go_to_another_one_that_leaves()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1),
            Layouts.Of(Layouts.Brokers("", "", "", ""), [1, 3], [4, 3]) with
            {
                Draining = new HashSet<BrokerId> { new(2) },
            });
        Assert.Equal(Layouts.Ids(4, 3), Assert.Single(plan).Replicas);
    }

    [Fact]
    public void Without_room_the_plan_is_refused_with_the_way_out()
    {
        NoRoomException full = Assert.Throws<NoRoomException>(
            () => DrainPlan.Make(
            new BrokerId(1), Layouts.Of(Layouts.Brokers("", "", ""), [2, 3], [2, 1, 3])));
        Assert.Contains("t/1 has its replicas on 2,1,3", full.Message, StringComparison.Ordinal);
        Assert.Contains("start another broker", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_would_be_full_gets_nothing()
    {
        BrokerDescription[] brokers = Layouts.Brokers("", "", "", "", "");
        ClusterLayout layout = Layouts.Of(brokers, [1, 2, 3], [1, 2, 3], [5, 2, 3]);
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(new BrokerId(1), layout with { Disks = Disks(1050, 3000) });
        Assert.Equal([Layouts.Ids(5, 2, 3), Layouts.Ids(5, 2, 3)], plan.Select(move => move.Replicas));
        NoRoomException full = Assert.Throws<NoRoomException>(
            () => DrainPlan.Make(new BrokerId(1), layout with { Disks = Disks(1050, 2000) }));
        Assert.Contains("takes 1000 bytes", full.Message, StringComparison.Ordinal);

        // What another one takes there already is on its way.
        Assert.Throws<NoRoomException>(() => DrainPlan.Make(new BrokerId(1), layout with
        {
            Disks = Disks(1050, 3000),
            Moves = [new ReassignmentDescription("t", 2, Layouts.Ids(5, 2, 3), Layouts.Ids(5), [])],
        }));

        DiskSurvey Disks(long four, long five)
        {
            DiskSurvey told = Layouts.Disks(brokers, 1000, 1000, 1000);
            return told with
            {
                Disks = told.Disks.Values.Select(disk => disk.Broker.Value switch
                {
                    4 => disk with { UsableBytes = four, Replicas = new Dictionary<TopicPartition, long>() },
                    5 => disk with { UsableBytes = five, Replicas = new Dictionary<TopicPartition, long>() },
                    _ => disk,
                }).ToDictionary(disk => disk.Broker),
            };
        }
    }
}
