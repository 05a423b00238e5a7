using Broker.Client.Moving;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Client.Tests.Moving;

public sealed class RebalancePlanTests
{
    [Fact]
    public void A_broker_that_joins_gets_its_share_of_replicas_and_leaders()
    {
        RebalancePlan plan = RebalancePlan.Make(Layouts.Of(
            Layouts.Brokers("", "", "", ""), [.. Enumerable.Range(0, 8).Select(i => Rotated(i, 1, 2, 3))]));
        Assert.Equal([8, 8, 8, 0], plan.Before.Select(share => share.Replicas));
        Assert.Equal([6, 6, 6, 6], plan.After.Select(share => share.Replicas));
        Assert.Equal([2, 2, 2, 2], plan.After.Select(share => share.Leads));
        Assert.Equal(6, plan.Moves.Count(move => move.Replicas.Contains(new BrokerId(4))));
    }

    [Fact]
    public void Leaders_alone_are_changed_by_the_order_of_the_lists()
    {
        RebalancePlan plan = RebalancePlan.Make(
            Layouts.Of(Layouts.Brokers("", "", ""), [1, 2, 3], [1, 2, 3], [1, 3, 2]));
        Assert.Equal([1, 1, 1], plan.After.Select(share => share.Leads));
        Assert.All(plan.Moves, move => Assert.Equal(Layouts.Ids(1, 2, 3), move.Replicas.Order()));
        Assert.Equal(2, plan.Moves.Count);
    }

    [Fact]
    public void What_moves_and_who_is_to_leave_or_gone_is_left_alone()
    {
        ReassignmentDescription[] moves = [new("t", 0, Layouts.Ids(1, 2, 4, 3), Layouts.Ids(4), Layouts.Ids(3))];
        RebalancePlan plan = RebalancePlan.Make(Layouts.Of(
            Layouts.Brokers("", "", "", "", ""),
            [1, 2, 4, 3], [1, 2, 9], [1, 2, 3], [1, 2, 5], [1, 2, 5], [2, 1, 5]) with
        {
            Draining = new HashSet<BrokerId> { new(5) },
            Moves = moves,
        });
        Assert.DoesNotContain(plan.Moves, move => move.Partition is 0 or 1);
        Assert.All(plan.Moves, move => Assert.Equal(move.Partition > 2, move.Replicas.Contains(new BrokerId(5))));
        Assert.Equal([1, 2, 3, 4], plan.After.Select(share => share.Broker.Value));
    }

    [Property(MaxTest = 300)]
    public void A_plan_keeps_every_replica_set_and_its_racks_and_leaves_nothing_that_a_move_would_better(
        byte size, byte racks, (byte First, byte Step, byte Count)[] partitions, byte leaving)
    {
        int brokers = 1 + (size % 8);
        BrokerDescription[] living = Layouts.Brokers(
            [.. Enumerable.Range(0, brokers).Select(i => racks % 4 == 0 ? "" : $"r{i % (racks % 4)}")]);
        HashSet<BrokerId> draining = leaving % 3 == 0 ? [new BrokerId(1 + (leaving % brokers))] : [];
        ClusterLayout layout = Layouts.Of(
            living, [.. partitions.Select(partition => ReplicasOf(partition, brokers))]) with
        { Draining = draining };
        TopicDescription topic = layout.Topics.Single();
        RebalancePlan plan = RebalancePlan.Make(layout);

        foreach (ReplicaMove move in plan.Moves)
            AssertSound(move, topic.Partitions[move.Partition].Replicas, living, draining);
        ClusterLayout then = Layouts.After(layout, plan);
        TopicDescription after = then.Topics.Single();
        Assert.Equal(SharesOf(after, living, draining), plan.After);
        Assert.Empty(RebalancePlan.Make(then).Moves);
        AssertNothingBetter(after, plan.After, living);
    }

    // By itself, and not with what the plan counts with.
    private static void AssertNothingBetter(
        TopicDescription topic, IReadOnlyList<BrokerShare> shares, BrokerDescription[] brokers)
    {
        double mean = shares.Count == 0 ? 0 : shares.Average(share => share.Replicas);
        foreach (BrokerShare from in shares)
        {
            foreach (BrokerShare to in shares.Where(to => from.Replicas >= to.Replicas + 2))
            {
                bool isOut = from.Replicas > Math.Max(Math.Ceiling(mean), 1.1 * mean)
                    || to.Replicas < Math.Min(Math.Floor(mean), 0.9 * mean);
                Assert.False(isOut && topic.Partitions.Any(partition => CanMove(partition, from, to, brokers)));
            }
        }
    }

    private static bool CanMove(
        PartitionDescription partition, BrokerShare from, BrokerShare to, BrokerDescription[] brokers)
    {
        if (!partition.Replicas.Contains(from.Broker) || partition.Replicas.Contains(to.Broker))
            return false;
        BrokerId[] moved =
            [.. partition.Replicas.Select(replica => replica == from.Broker ? to.Broker : replica)];
        return Layouts.RacksOf(moved, brokers) >= Layouts.RacksOf(partition.Replicas, brokers);
    }

    private static void AssertSound(
        ReplicaMove move, IReadOnlyList<BrokerId> before, BrokerDescription[] brokers, HashSet<BrokerId> draining)
    {
        Assert.Equal(before.Count, move.Replicas.Distinct().Count());
        Assert.False(before.SequenceEqual(move.Replicas));
        Assert.True(Layouts.RacksOf(move.Replicas, brokers) >= Layouts.RacksOf(before, brokers));
        Assert.All(draining, broker => Assert.Equal(before.Contains(broker), move.Replicas.Contains(broker)));
    }

    private static IEnumerable<BrokerShare> SharesOf(
        TopicDescription topic, BrokerDescription[] brokers, HashSet<BrokerId> draining) => brokers
            .Select(broker => broker.Id).Where(broker => !draining.Contains(broker))
            .Select(broker => new BrokerShare(
                broker,
                topic.Partitions.Count(partition => partition.Replicas.Contains(broker)),
                topic.Partitions.Count(
                    partition => partition.Replicas.FirstOrDefault(each => !draining.Contains(each)) == broker),
                0));

    private static int[] ReplicasOf((byte First, byte Step, byte Count) partition, int brokers)
    {
        int count = 1 + (partition.Count % Math.Min(3, brokers));
        int first = partition.First % (1 + (partition.Step % brokers));
        return [.. Enumerable.Range(first, count).Select(i => 1 + (i % brokers))];
    }

    private static int[] Rotated(int by, params int[] ids) => [.. ids.Select((_, i) => ids[(i + by) % ids.Length])];
}
