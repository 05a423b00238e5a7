using Broker.Model;
using Broker.Replication.Tests.Hosting;
using Xunit;

namespace Broker.Replication.Tests.Disk;

/// <summary>One loop reads all logs of a broker again, pass after pass.</summary>
public sealed class ScrubLaneTests
{
    [Fact]
    public async Task All_logs_are_read_again_in_every_pass()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(OneBroker(TimeSpan.FromMilliseconds(20)), 3);
        await cluster.ProposeAsync(0, 50);
        TestBroker broker = cluster.Brokers[0];
        long size = Enumerable.Range(0, 3).Sum(i => broker.ReplicaOf(TestCluster.Group(i)).Log.SizeInBytes);

        long before = broker.Host.Scrub.Bytes;
        await Eventually.BecomesTrue(() => broker.Host.Scrub.Bytes > before + (3 * size));

        Assert.True(broker.Host.Scrub.LastPass > 0);
        Assert.Equal(0, broker.Host.Scrub.Damaged);
    }

    [Fact]
    public async Task A_broker_whose_interval_is_zero_reads_nothing_again()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(OneBroker(TimeSpan.Zero));
        await using TestCluster other = await TestCluster.StartAsync(OneBroker(TimeSpan.FromMilliseconds(20)));
        await cluster.ProposeAsync(0, 10);
        await other.ProposeAsync(0, 10);
        await Eventually.BecomesTrue(() => other.Brokers[0].Host.Scrub.LastPass > 0);

        Assert.Equal((0, 0), (cluster.Brokers[0].Host.Scrub.Bytes, cluster.Brokers[0].Host.Scrub.LastPass));
    }

    [Fact]
    public void Every_process_begins_its_passes_at_a_place_of_its_own_and_leaves_out_nothing()
    {
        Replica[] replicas = [.. Enumerable.Range(0, 7).Select(
            i => new Replica(TestCluster.Group(i), null!, ReplicaHostOptions.Default))];
        PartitionId[][] orders = [.. Enumerable.Range(0, 30).Select(seed => new ScrubTargets(
            () => replicas, _ => null, ProcessIncarnation.New(new Random(seed))).All().ToArray())];

        Assert.All(orders, order => Assert.Equal(replicas.Select(replica => replica.Id), order.Order()));
        Assert.True(orders.Select(order => order[0]).Distinct().Count() > 3);
    }

    [Fact]
    public void Where_there_is_nothing_there_is_nothing_to_read() => Assert.Empty(
        new ScrubTargets(() => [], _ => null, ProcessIncarnation.New(new Random(1))).All());

    private static ClusterOptions OneBroker(TimeSpan interval)
    {
        var options = new ClusterOptions { Brokers = 1, Voters = 1, TailCacheBytes = 0 };
        return options with { Host = options.Host with { ScrubInterval = interval } };
    }
}
