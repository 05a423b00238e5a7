using Broker.Client.Moving;
using Broker.Model;
using Xunit;

namespace Broker.Client.Tests.Moving;

public sealed class DrainPlanTests
{
    private static readonly HashSet<BrokerId> NobodyElse = [];

    [Fact]
    public void A_replica_goes_to_the_broker_with_the_fewest_and_takes_its_place()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Brokers("", "", "", "", ""), NobodyElse, [Topic([2, 1, 3], [4, 2, 3], [1, 2, 3])], []);
        Assert.Equal([Ids(2, 5, 3), Ids(4, 2, 3)], plan.Select(move => move.Replicas));
        Assert.Equal([0, 2], plan.Select(move => move.Partition));
    }

    [Fact]
    public void Replicas_stay_spread_over_racks_before_they_are_even()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Brokers("a", "b", "b", "a"), NobodyElse, [Topic([1, 2], [4, 2], [4, 2], [4, 2])], []);
        Assert.Equal(Ids(4, 2), Assert.Single(plan).Replicas);
    }

    [Fact]
    public void What_is_on_its_way_from_the_broker_is_not_asked_again_and_what_comes_to_it_is_turned_away()
    {
        ReassignmentDescription[] moves =
        [
            new("t", 0, Ids(2, 3, 4, 1), Ids(4), Ids(1)),
            new("t", 1, Ids(1, 2, 3, 4), Ids(1), Ids(4)),
        ];
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Brokers("", "", "", ""), NobodyElse, [Topic([2, 3, 4, 1], [1, 2, 3, 4])], moves);
        ReplicaMove move = Assert.Single(plan);
        Assert.Equal(1, move.Partition);
        Assert.Equal(Ids(4, 2, 3), move.Replicas);
    }

    [Fact]
    public void What_leaves_one_broker_does_not_go_to_another_one_that_leaves()
    {
        IReadOnlyList<ReplicaMove> plan = DrainPlan.Make(
            new BrokerId(1), Brokers("", "", "", ""), new HashSet<BrokerId> { new(2) }, [Topic([1, 3], [4, 3])], []);
        Assert.Equal(Ids(4, 3), Assert.Single(plan).Replicas);
    }

    [Fact]
    public void Without_room_the_plan_is_refused_with_the_way_out()
    {
        NoRoomException full = Assert.Throws<NoRoomException>(
            () => DrainPlan.Make(new BrokerId(1), Brokers("", "", ""), NobodyElse, [Topic([2, 3], [2, 1, 3])], []));
        Assert.Contains("t/1 has its replicas on 2,1,3", full.Message, StringComparison.Ordinal);
        Assert.Contains("start another broker", full.Message, StringComparison.Ordinal);
    }

    private static BrokerDescription[] Brokers(params string[] racks) =>
    [
        .. racks.Select((rack, i) => new BrokerDescription(
            new BrokerId(i + 1), new HostAndPort("127.0.0.1", 9092 + i), rack.Length == 0 ? null : rack)),
    ];

    private static TopicDescription Topic(params int[][] partitions) => new(
        "t",
        new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
        false,
        [
            .. partitions.Select((replicas, i) => new PartitionDescription(
                i, new BrokerId(replicas[0]), new Term(1), Ids(replicas), Ids(replicas), [])),
        ]);

    private static BrokerId[] Ids(params int[] ids) => [.. ids.Select(id => new BrokerId(id))];
}
