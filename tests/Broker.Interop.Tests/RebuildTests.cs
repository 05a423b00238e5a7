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
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(
            4, configure: settings => settings["broker.replica.rebuild.delay.ms"] = 1000);
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(Topic, Partitions, 3, new Dictionary<string, string>());
        var writer = new SteadyWriter(client, Topic, Partitions);
        Task writing = writer.RunAsync();

        await cluster.Broker(4).KillAsync();
        await Deadline.UntilAsync("nothing to be left on broker 4", Limit, async () =>
            (await client.DescribeAsync(Topic)).All(partition => !partition.Replicas.Contains(4)));
        string health = await BrokerAsync(cluster, "cluster", "health", "--watch");
        Assert.Contains("healthy", health, StringComparison.Ordinal);
        writer.End();
        await writing;
        await writer.FindAllAsync();

        await VerifyAsync(cluster, [1, 2, 3]);
    }

    [Fact]
    public async Task A_broker_that_joins_gets_its_share()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(3, more: 1);
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(Topic, 8, 3, new Dictionary<string, string>());
        var writer = new SteadyWriter(client, Topic, 8);
        Task writing = writer.RunAsync();
        Assert.Contains("nothing to do", await BrokerAsync(cluster, "cluster", "rebalance"), StringComparison.Ordinal);

        cluster.Broker(4).Start();
        await cluster.WaitUntilReadyAsync();
        JsonNode plan = JsonNode.Parse(
            await BrokerAsync(cluster, "cluster", "rebalance", "--plan", "--format", "json"))!;
        Assert.Equal(6, plan["moves"]!.AsArray().Count);
        Assert.Empty(plan["uneven"]!.AsArray());
        Assert.All(
            plan["after"]!.AsArray(), share => Assert.InRange(share!["bytes"]!.GetValue<long>(), 1, long.MaxValue));
        Assert.All(await client.DescribeAsync(Topic), partition => Assert.DoesNotContain(4, partition.Replicas));

        Assert.Contains(
            "were changed",
            await BrokerAsync(cluster, "cluster", "rebalance", "--concurrent", "2"),
            StringComparison.Ordinal);
        IReadOnlyList<PartitionDescription> after = await client.DescribeAsync(Topic);
        Assert.All(new[] { 1, 2, 3, 4 }, broker =>
        {
            Assert.Equal(6, after.Count(partition => partition.Replicas.Contains(broker)));
            Assert.Equal(2, after.Count(partition => partition.Replicas[0] == broker));
        });
        writer.End();
        await writing;
        await writer.FindAllAsync();
        await VerifyAsync(cluster, [1, 2, 3, 4]);
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
                await BrokerAsync(cluster, "cluster", "rebalance", "--plan");
                return false;
            }
            catch (StockClientException refusal)
            {
                return refusal.Message.Contains("cluster decommission 2", StringComparison.Ordinal);
            }
        });
    }

    private static async Task VerifyAsync(ProcessCluster cluster, int[] brokers)
    {
        foreach (int broker in brokers)
            await cluster.Broker(broker).StopAsync();
        await ChildProcess.RunAsync(Tree.Executable, ["log", "verify", .. brokers.Select(cluster.DataOf)]);
    }

    private static Task<string> BrokerAsync(ProcessCluster cluster, params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, [.. arguments, "-b", cluster.Bootstrap]);
}
