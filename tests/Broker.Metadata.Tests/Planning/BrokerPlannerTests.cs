using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class BrokerPlannerTests
{
    private static readonly ClusterImage Three = Cluster.OfSize(3);

    [Fact]
    public void A_new_broker_is_taken_in() =>
        Assert.Equal(4, Three.Then(Register(Three, Cluster.Broker(4))).Brokers.Count);

    [Fact]
    public void A_broker_that_says_the_same_again_changes_nothing() =>
        Assert.Empty(Register(Three, Cluster.Broker(2)).Records);

    [Fact]
    public void A_broker_that_restarts_is_alive_at_once_and_keeps_its_incarnation()
    {
        ClusterImage image = Three.Then(new BrokerFenced(new BrokerId(2), Three.Brokers[new BrokerId(2)].Process));
        image = image.Then(Register(image, Cluster.Broker(2, process: 5)));
        Assert.True(image.IsAlive(new BrokerId(2)));
        Assert.Equal(
            Three.Brokers[new BrokerId(2)].IncarnationSince, image.Brokers[new BrokerId(2)].IncarnationSince);
    }

    [Fact]
    public void Another_data_directory_under_a_living_brokers_id_is_refused_by_name()
    {
        Plan plan = Register(Three, Cluster.Broker(2, incarnation: 5, process: 5));
        Assert.Equal(RefusalReason.DuplicateBroker, plan.Refusal?.Reason);
        Assert.Contains("127.0.0.1:9192", plan.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_data_directory_is_refused_while_the_original_is_connected()
    {
        BrokerRegistered copy = Cluster.Broker(2, process: 5);
        var wish = new BrokerWish(ClusterId.Empty, copy);
        Plan plan = BrokerPlanner.Register(Three, wish, seen: Cluster.Broker(2).Process);
        Assert.Equal(RefusalReason.DuplicateBroker, plan.Refusal?.Reason);
        Assert.Contains("copy", plan.Refusal!.Message, StringComparison.Ordinal);
        Assert.Single(BrokerPlanner.Register(Three, wish, seen: null).Records);
        Assert.Single(BrokerPlanner.Register(Three, wish, seen: copy.Process).Records);
    }

    [Fact]
    public void Another_data_directory_takes_over_the_id_of_a_broker_that_is_gone()
    {
        ClusterImage image = Three.Then(new BrokerFenced(new BrokerId(2), Three.Brokers[new BrokerId(2)].Process));
        image = image.Then(Register(image, Cluster.Broker(2, incarnation: 5, process: 5)));
        Assert.Equal(image.Index, image.Brokers[new BrokerId(2)].IncarnationSince);
    }

    [Fact]
    public void A_broker_of_another_cluster_is_refused_by_name()
    {
        var other = new ClusterId(Guid.NewGuid());
        Plan plan = BrokerPlanner.Register(Three, new BrokerWish(other, Cluster.Broker(4)));
        Assert.Equal(RefusalReason.WrongCluster, plan.Refusal?.Reason);
        Assert.Contains(other.ToString(), plan.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_does_not_know_the_clusters_level_is_refused()
    {
        BrokerRegistered newer = Cluster.Broker(4) with
        {
            OldestLevel = FeatureLevel.Newest + 1,
            NewestLevel = FeatureLevel.Newest + 2,
        };
        Assert.Equal(RefusalReason.UnsupportedLevel, Register(Three, newer).Refusal?.Reason);
    }

    [Fact]
    public void Producer_ids_come_in_blocks_that_never_overlap()
    {
        ProcessIncarnation process = Three.Brokers[new BrokerId(1)].Process;
        ClusterImage image = Three.Then(ProducerIdPlanner.NextBlock(Three, new BrokerId(1), process));
        Plan second = ProducerIdPlanner.NextBlock(image, new BrokerId(2), process);
        Assert.Equal(new ProducerIdsAllocated(new BrokerId(2), 1000, 1000), second.Records.Single());
        Assert.Throws<MetadataRecordException>(() => image.Then(new ProducerIdsAllocated(new BrokerId(1), 0, 1000)));
    }

    [Fact]
    public void A_process_that_was_replaced_gets_no_producer_ids() => Assert.Equal(
        RefusalReason.StaleBroker,
        ProducerIdPlanner.NextBlock(Three, new BrokerId(1), new ProcessIncarnation(Guid.NewGuid())).Refusal?.Reason);

    private static Plan Register(ClusterImage image, BrokerRegistered details) =>
        BrokerPlanner.Register(image, new BrokerWish(ClusterId.Empty, details));
}
