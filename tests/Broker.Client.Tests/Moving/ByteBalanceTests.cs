using Broker.Client.Moving;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Client.Tests.Moving;

public sealed class ByteBalanceTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public void Replicas_are_swapped_until_bytes_are_even_and_counts_stay()
    {
        RebalancePlan plan = Plan(
            ["", ""], [[1], [1], [2], [2]], [100 * Mebibyte, 100 * Mebibyte, 20 * Mebibyte, 20 * Mebibyte]);
        Assert.Equal([200, 40], plan.Before.Select(share => share.Bytes / Mebibyte));
        Assert.Equal([120, 120], plan.After.Select(share => share.Bytes / Mebibyte));
        Assert.Equal([2, 2], plan.After.Select(share => share.Replicas));
        Assert.Equal(2, plan.Moves.Count);
        Assert.Empty(plan.Uneven);
    }

    [Fact]
    public void What_is_copied_is_little_where_that_does_as_well()
    {
        // Both swaps make it even; one of them copies 60 MiB, the other one 200.
        RebalancePlan plan = Plan(
            ["", ""], [[1], [2], [1], [2]], [110 * Mebibyte, 90 * Mebibyte, 40 * Mebibyte, 20 * Mebibyte]);
        Assert.Equal([2, 3], plan.Moves.Select(move => move.Partition));
        Assert.Equal([130, 130], plan.After.Select(share => share.Bytes / Mebibyte));
    }

    [Fact]
    public void A_partition_that_is_too_large_to_be_shared_out_is_named()
    {
        RebalancePlan plan = Plan(
            ["", "", ""], [[1], [2], [3]], [900 * Mebibyte, 10 * Mebibyte, 10 * Mebibyte]);
        Assert.Empty(plan.Moves);
        Assert.Equal([1, 2, 3], plan.Uneven.Select(broker => broker.Broker.Value));
        Assert.All(plan.Uneven, broker => Assert.Equal(new TopicPartition("t", 0), broker.Largest));
        Assert.All(plan.Uneven, broker => Assert.Equal(900 * Mebibyte, broker.LargestBytes));
    }

    [Fact]
    public void What_racks_forbid_is_not_blamed_on_a_partition()
    {
        // Each partition has a replica in both racks, and one of them has twice as many brokers.
        int[][] partitions = [.. Enumerable.Range(0, 40).Select(i => new[] { 1, 2 + (i % 2) })];
        ClusterLayout layout = Layout(["a", "b", "b"], partitions, [.. Enumerable.Repeat(10 * Mebibyte, 40)]);
        RebalancePlan plan = RebalancePlan.Make(layout);
        Assert.All(plan.Moves, move => Assert.True(IsTheSameSet(move, layout)));
        Assert.Equal([1, 2, 3], plan.Uneven.Select(broker => broker.Broker.Value));
        Assert.All(plan.Uneven, broker => Assert.Null(broker.Largest));
    }

    [Fact]
    public void Few_bytes_are_not_copied_about()
    {
        RebalancePlan plan = Plan(["", ""], [[1], [2]], [Mebibyte, 1]);
        Assert.Empty(plan.Moves);
        Assert.Empty(plan.Uneven);
    }

    [Fact]
    public void Where_a_broker_does_not_tell_sizes_replicas_and_leaders_are_balanced_alone()
    {
        ClusterLayout layout = Layout(["", ""], [[1], [1], [2], [2]], [900 * Mebibyte, 900 * Mebibyte, 1, 1]);
        layout = layout with
        {
            Disks = layout.Disks with
            {
                Disks = layout.Disks.Disks.Where(disk => disk.Key == new BrokerId(1)).ToDictionary(),
                Silent = new Dictionary<BrokerId, string> { [new BrokerId(2)] = "an old version" },
            },
        };
        RebalancePlan plan = RebalancePlan.Make(layout);
        Assert.Empty(plan.Moves);
        Assert.Empty(plan.Uneven);
        Assert.All(plan.Before, share => Assert.Equal(0, share.Bytes));
    }

    [Property(MaxTest = 300)]
    public void Bytes_are_within_a_tenth_where_partitions_are_small_and_racks_allow_it(
        byte size, bool isRacked, (byte First, byte Step, ushort Size)[] given)
    {
        // With racks, each has as many brokers, and one replica of every partition.
        int perRack = 2 + (size % 3);
        int brokers = 3 * perRack;
        string[] racks = [.. Enumerable.Range(0, brokers).Select(i => isRacked ? $"r{i % 3}" : "")];
        int[][] partitions = [.. given.Select(each => OnePerRack(each.First, each.Step, perRack))];
        RebalancePlan plan = Plan(racks, partitions, [.. given.Select(each => each.Size * Mebibyte)]);
        double mean = plan.Before.Average(share => share.Bytes);
        if (given.Length > 0 && given.Max(each => each.Size * Mebibyte) <= mean / 10)
        {
            Assert.Empty(plan.Uneven);
            Assert.All(plan.After, share => Assert.InRange(share.Bytes, (0.9 * mean) - 1, (1.1 * mean) + 1));
        }
    }

    [Property(MaxTest = 50)]
    public void Many_partitions_of_any_placement_become_even(int seed, byte size)
    {
        var random = new Random(seed);
        int brokers = 3 + (size % 5);
        int[][] partitions = [.. Enumerable.Range(0, 40 * brokers).Select(
            _ => Enumerable.Range(1, brokers).OrderBy(_ => random.Next()).Take(1 + random.Next(3)).ToArray())];
        long[] sizes = [.. partitions.Select((_, i) => random.Next(i % 7 == 0 ? 5 : 1000) * Mebibyte)];
        RebalancePlan plan = Plan([.. Enumerable.Repeat("", brokers)], partitions, sizes);
        double mean = plan.Before.Average(share => share.Bytes);
        double replicas = plan.Before.Average(share => share.Replicas);
        Assert.All(plan.After, share => Assert.InRange(share.Bytes, 0.9 * mean, 1.1 * mean));
        Assert.All(plan.After, share => Assert.InRange(
            share.Replicas, Math.Min(Math.Floor(replicas), 0.9 * replicas), 1.1 * replicas + 1));
    }

    [Property(MaxTest = 300)]
    public void A_plan_never_costs_racks_or_evenness_and_a_second_one_finds_nothing(
        byte size, byte racks, (byte First, byte Step, ushort Size)[] given)
    {
        int brokers = 2 + (size % 6);
        string[] names = [.. Enumerable.Range(0, brokers).Select(i => racks % 4 == 0 ? "" : $"r{i % (racks % 4)}")];
        int[][] partitions = [.. given.Select(each => Any(each.First, each.Step, brokers))];
        ClusterLayout layout = Layout(names, partitions, [.. given.Select(each => each.Size * Mebibyte)]);
        RebalancePlan plan = RebalancePlan.Make(layout);

        Assert.All(plan.Moves, move => AssertSound(move, layout));
        Assert.Empty(RebalancePlan.Make(Layouts.After(layout, plan)).Moves);
        Assert.True(Spread(plan.After, share => share.Replicas) <= Spread(plan.Before, share => share.Replicas));
        if (CountsAreEven(plan.Before))
        {
            Assert.True(Spread(plan.After, share => share.Bytes) <= Spread(plan.Before, share => share.Bytes));
            Assert.True(CountsAreEven(plan.After));
            if (BytesAreEven(plan.Before))
                Assert.All(plan.Moves, move => Assert.True(IsTheSameSet(move, layout)));
        }
    }

    private static void AssertSound(ReplicaMove move, ClusterLayout layout)
    {
        IReadOnlyList<BrokerId> before = layout.Topics.Single().Partitions[move.Partition].Replicas;
        Assert.Equal(before.Count, move.Replicas.Distinct().Count());
        Assert.False(before.SequenceEqual(move.Replicas));
        Assert.True(Layouts.RacksOf(move.Replicas, layout.Brokers) >= Layouts.RacksOf(before, layout.Brokers));
    }

    private static bool IsTheSameSet(ReplicaMove move, ClusterLayout layout) =>
        move.Replicas.Order().SequenceEqual(layout.Topics.Single().Partitions[move.Partition].Replicas.Order());

    private static bool CountsAreEven(IReadOnlyList<BrokerShare> shares)
    {
        double mean = shares.Average(share => share.Replicas);
        return shares.All(share => share.Replicas <= Math.Max(Math.Ceiling(mean), 1.1 * mean)
            && share.Replicas >= Math.Min(Math.Floor(mean), 0.9 * mean));
    }

    private static bool BytesAreEven(IReadOnlyList<BrokerShare> shares)
    {
        double mean = shares.Average(share => share.Bytes);
        return shares.All(share => Math.Abs(share.Bytes - mean) < 0.1 * mean);
    }

    private static long Spread(IReadOnlyList<BrokerShare> shares, Func<BrokerShare, long> what) =>
        shares.Max(what) - shares.Min(what);

    // Racks are those of the brokers' numbers modulo three.
    private static int[] OnePerRack(byte first, byte step, int perRack) =>
        [.. Enumerable.Range(0, 3).Select(rack => 1 + rack + (3 * ((first + (rack * step)) % (1 + (step % perRack)))))];

    private static int[] Any(byte first, byte step, int brokers)
    {
        int start = first % (1 + (step % brokers));
        return [.. Enumerable.Range(start, 1 + (step % Math.Min(3, brokers))).Select(i => 1 + (i % brokers))];
    }

    private static RebalancePlan Plan(string[] racks, int[][] partitions, long[] sizes) =>
        RebalancePlan.Make(Layout(racks, partitions, sizes));

    private static ClusterLayout Layout(string[] racks, int[][] partitions, long[] sizes)
    {
        BrokerDescription[] brokers = Layouts.Brokers(racks);
        return Layouts.Of(brokers, partitions) with { Disks = Layouts.Disks(brokers, sizes) };
    }
}
