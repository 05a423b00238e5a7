using System.Collections.Immutable;
using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class ReplicaPlacerTests
{
    [Property(MaxTest = 300)]
    public void Without_racks_replicas_and_leaders_are_balanced_within_one(byte size, byte count, byte factor)
    {
        int brokers = 1 + size % 12;
        int replicas = 1 + factor % brokers;
        var placed = Place(Cluster.OfSize(brokers), 1 + count % 100, replicas);
        AssertBalanced(brokers, placed.SelectMany(partition => partition));
        AssertBalanced(brokers, placed.Select(partition => partition[0]));
        Assert.All(placed, partition => Assert.Equal(replicas, partition.Distinct().Count()));
    }

    [Property(MaxTest = 300)]
    public void With_racks_of_equal_size_balance_and_spread_go_together(byte racks, byte size, byte count, byte factor)
    {
        int rackCount = 1 + racks % 4;
        int brokers = rackCount * (1 + size % 4);
        int replicas = 1 + factor % brokers;
        ClusterImage image = Cluster.Of([.. Enumerable.Range(0, brokers).Select(i => $"r{i % rackCount}")]);
        var placed = Place(image, 1 + count % 100, replicas);
        AssertBalanced(brokers, placed.SelectMany(partition => partition));
        AssertBalanced(brokers, placed.Select(partition => partition[0]));
        AssertSpread(image, placed);
    }

    [Property(MaxTest = 300)]
    public void With_any_racks_every_partition_is_spread(byte[] racks, byte count, byte factor)
    {
        if (racks.Length == 0)
        {
            return;
        }

        ClusterImage image = Cluster.Of([.. racks.Take(12).Select(rack => rack % 5 == 4 ? null : $"r{rack % 5}")]);
        AssertSpread(image, Place(image, 1 + count % 60, 1 + factor % image.Brokers.Count));
    }

    [Fact]
    public void Topics_of_one_partition_are_spread_over_brokers()
    {
        ClusterImage image = Cluster.OfSize(3);
        for (int i = 0; i < 9; i++)
        {
            image = image.Then(Cluster.Create(image, Cluster.Wish($"t{i}", 1, 3, i)));
        }

        AssertBalanced(3, image.Topics.Values.Select(topic => topic.Partitions[0].Replicas[0]));
    }

    [Fact]
    public void Partitions_that_are_added_go_to_brokers_that_have_fewer()
    {
        ClusterImage image = Cluster.OfSize(2);
        image = image.Then(Cluster.Create(image, Cluster.Wish("t", 4, 1)));
        image = image.Then(Cluster.Broker(3));
        image = image.Then(Cluster.Grow(image, "t", 6));
        AssertBalanced(3, image.Topics["t"].Partitions.Select(partition => partition.Replicas[0]));
    }

    [Fact]
    public void A_fenced_broker_is_taken_only_where_needed_and_does_not_lead()
    {
        ClusterImage image = Cluster.OfSize(4);
        image = image.Then(new BrokerFenced(new BrokerId(1), image.Brokers[new BrokerId(1)].Process));
        Assert.All(Place(image, 20, 3), partition => Assert.DoesNotContain(new BrokerId(1), partition));
        Assert.All(Place(image, 20, 4), partition => Assert.NotEqual(new BrokerId(1), partition[0]));
    }

    [Fact]
    public void A_broker_in_doubt_is_taken_after_the_sound_and_before_the_fenced()
    {
        ClusterImage image = Cluster.OfSize(4);
        Assert.All(Place(image, 20, 3, 1), partition => Assert.DoesNotContain(new BrokerId(1), partition));
        Assert.All(Place(image, 20, 4, 1), partition => Assert.NotEqual(new BrokerId(1), partition[0]));
        Assert.All(Place(image, 20, 1, 1, 2, 3), partition => Assert.Equal(new BrokerId(4), partition[0]));
        image = image.Then(new BrokerFenced(new BrokerId(2), image.Brokers[new BrokerId(2)].Process));
        Assert.All(Place(image, 20, 3, 1), partition => Assert.Equal(Cluster.Ids(1, 3, 4), partition.Order()));
    }

    [Property(MaxTest = 200)]
    public void A_draining_broker_is_never_taken(byte size, byte leaving, byte count, byte factor)
    {
        int brokers = 2 + size % 8;
        var drained = new BrokerId(1 + leaving % brokers);
        ClusterImage image = Cluster.OfSize(brokers).Then(new BrokerDraining(drained, true));
        var placed = Place(image, 1 + count % 60, 1 + factor % (brokers - 1));
        Assert.All(placed, partition => Assert.DoesNotContain(drained, partition));
    }

    [Fact]
    public void Without_enough_brokers_that_stay_nothing_is_placed_and_the_reason_names_who_goes()
    {
        ClusterImage image = Cluster.OfSize(3).Then(new BrokerDraining(new BrokerId(2), true));
        Refusal? refusal = ReplicaPlacer.Place(image, null, 1, 3, Cluster.NoDoubt, out _);
        Assert.Contains("3 brokers are registered, of which 2 are being drained", refusal!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_without_a_living_majority_is_not_placed()
    {
        ClusterImage image = Cluster.OfSize(3);
        image = image.Then(
            new BrokerFenced(new BrokerId(1), image.Brokers[new BrokerId(1)].Process),
            new BrokerFenced(new BrokerId(2), image.Brokers[new BrokerId(2)].Process));
        Refusal? refusal = ReplicaPlacer.Place(image, null, 1, 3, Cluster.NoDoubt, out _);
        Assert.Equal(RefusalReason.InvalidReplicationFactor, refusal?.Reason);
    }

    private static ImmutableArray<ImmutableArray<BrokerId>> Place(
        ClusterImage image, int count, int factor, params int[] doubted)
    {
        var inDoubt = Cluster.Ids(doubted).ToImmutableSortedSet();
        Assert.Null(ReplicaPlacer.Place(image, null, count, factor, inDoubt, out var placed));
        return placed;
    }

    private static void AssertBalanced(int brokers, IEnumerable<BrokerId> replicas)
    {
        int[] counts = [.. Enumerable.Range(1, brokers).Select(id => replicas.Count(replica => replica.Value == id))];
        Assert.True(counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
    }

    private static void AssertSpread(ClusterImage image, ImmutableArray<ImmutableArray<BrokerId>> placed)
    {
        bool racked = image.Brokers.Values.Any(broker => broker.Rack is not null);
        int racks = image.Brokers.Values.Select(Rack).Distinct().Count();
        Assert.All(placed, partition => Assert.Equal(
            Math.Min(racks, partition.Length), partition.Select(id => Rack(image.Brokers[id])).Distinct().Count()));

        string Rack(BrokerRegistration broker) => !racked ? "" : broker.Rack ?? $"broker {broker.Id}";
    }
}
