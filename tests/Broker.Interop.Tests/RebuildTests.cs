using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Brokers go for good, and others join: replicas follow, and nothing that was acknowledged is lost.</summary>
public sealed class RebuildTests
{
    private const string Topic = "lasting";
    private const int Partitions = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_broker_that_is_killed_for_good_under_load_is_done_without()
    {
        await using LoadedCluster load = await LoadedCluster.StartAsync(
            ProcessCluster.StartAsync(
                4, configure: settings => settings["broker.replica.rebuild.delay.ms"] = 1000),
            Topic,
            Partitions);
        ProcessCluster cluster = load.Processes;

        await cluster.Broker(4).KillAsync();
        await Deadline.UntilAsync("nothing to be left on broker 4", Limit, async () =>
            (await load.DescribeAsync()).All(partition => !partition.Replicas.Contains(4)));
        Assert.Contains("healthy", await load.HealthyAsync(), StringComparison.Ordinal);
        await load.FindAllAsync();
        await Verdict.AgreeAsync(cluster, cluster.Brokers.Take(3));
    }

    [Fact]
    public async Task A_broker_that_joins_gets_its_share()
    {
        await using LoadedCluster load = await LoadedCluster.StartAsync(
            ProcessCluster.StartAsync(3, more: 1), Topic, partitions: 8);
        ProcessCluster cluster = load.Processes;
        Assert.Contains("nothing to do", await cluster.RunAsync("cluster", "rebalance"), StringComparison.Ordinal);

        cluster.Broker(4).Start();
        await cluster.WaitUntilReadyAsync();
        JsonNode plan = JsonNode.Parse(
            await cluster.RunAsync("cluster", "rebalance", "--plan", "--format", "json"))!;

        // Six give it its share of the replicas; where bytes are uneven by then, some of them are swapped besides.
        Assert.InRange(plan["moves"]!.AsArray().Count, 6, 8 * 3);
        Assert.Empty(plan["uneven"]!.AsArray());
        Assert.All(
            plan["after"]!.AsArray(), share => Assert.InRange(share!["bytes"]!.GetValue<long>(), 1, long.MaxValue));
        Assert.All(await load.DescribeAsync(), partition => Assert.DoesNotContain(4, partition.Replicas));

        Assert.Contains(
            "were changed",
            await cluster.RunAsync("cluster", "rebalance", "--concurrent", "2"),
            StringComparison.Ordinal);
        IReadOnlyList<PartitionDescription> after = await load.DescribeAsync();
        Assert.All(new[] { 1, 2, 3, 4 }, broker =>
        {
            Assert.Equal(6, after.Count(partition => partition.Replicas.Contains(broker)));
            Assert.Equal(2, after.Count(partition => partition.Replicas[0] == broker));
        });
        await load.FindAllAsync();
        await Verdict.AgreeAsync(cluster, cluster.Brokers);
    }

    [Fact]
    public async Task A_disk_without_room_gets_nothing_and_a_broker_that_needs_it_stays()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(3, more: 1, configure: settings =>
        {
            settings["broker.replica.rebuild.delay.ms"] = 1000;
            settings["disk.reserve.bytes"] = 4 << 20;
        });
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(Topic, 1, 3, new Dictionary<string, string>());
        ClientRecord[] records = [.. Enumerable.Range(0, 60).Select(
            number => new ClientRecord(0, null, new string('x', 900_000), number + 1, ""))];
        await client.ProduceAsync(Topic, records, new ProduceSettings());
        cluster.Broker(4).Start(SmallDisk.Wrap(cluster.DataOf(4), mebibytes: 40));
        await cluster.WaitUntilReadyAsync();

        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "decommission", "3"));
        Assert.Contains("no other broker has that much room on its disk", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("drained", await cluster.RunAsync("cluster", "status"), StringComparison.Ordinal);

        await cluster.Broker(3).KillAsync();
        await Deadline.UntilAsync("the metadata leader to say why nothing is rebuilt", Limit, () => Task.FromResult(
            cluster.Brokers.Any(broker => broker.Printed.Contains(
                "no broker that could take a replica has that much room", StringComparison.Ordinal))));
        StockClientException health = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "health"));
        Assert.Contains("no other broker has room for 5", health.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], (await client.DescribeAsync(Topic)).Single().Replicas.Order());

        cluster.Broker(3).Start();
        await cluster.WaitUntilReadyAsync();
        await cluster.RunAsync("cluster", "health", "--watch");
    }

    [Fact]
    public async Task While_a_broker_with_replicas_is_gone_nothing_is_balanced()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(Topic, 1, 3, new Dictionary<string, string>());
        await cluster.Broker(2).KillAsync();
        await Deadline.UntilAsync("the refusal", Limit, async () =>
        {
            try
            {
                await cluster.RunAsync("cluster", "rebalance", "--plan");
                return false;
            }
            catch (StockClientException refusal)
            {
                return refusal.Message.Contains("cluster decommission 2", StringComparison.Ordinal);
            }
        });
    }
}
