using Broker.Server.Tests.Node;
using Xunit;

namespace Broker.Server.Tests;

/// <summary>Topics with broker.durability=relaxed: what is written counts (docs/decisions/0012).</summary>
public sealed class RelaxedTopicTests
{
    private const int LacksTail = 3122;
    private const int ElectedByAll = 3123;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_all_brokers_are_killed()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 3);
        await cluster.CreateTopicAsync("clicks", partitions: 1, replicas: 3, minInSync: 2, durability: "relaxed");
        using var client = new TopicClient(cluster, "clicks");
        await client.ProduceAsync("a", 200);
        await client.ProduceAsync("b", 20, acks: 1);

        await KillAllAsync(cluster);
        foreach (NodeUnderTest node in cluster.Nodes)
            node.Start();

        await AssertAllThereAsync(client);
        Assert.False(cluster.Log.Contains(LacksTail), "no power failed");
        await client.ProduceAsync("c", 10);
        await AssertAllThereAsync(client);
    }

    /// <summary>The page caches are there all the same, so that what all voters elect by is whole.</summary>
    [Fact]
    public async Task After_a_power_cut_of_all_they_elect_together_and_say_so()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 3);
        await cluster.CreateTopicAsync("clicks", partitions: 1, replicas: 3, minInSync: 2, durability: "relaxed");
        using var client = new TopicClient(cluster, "clicks");
        await client.ProduceAsync("a", 50);

        await KillAllAsync(cluster);
        foreach (NodeUnderTest node in cluster.Nodes)
        {
            node.Boot = "another";
            node.Start();
        }

        await AssertAllThereAsync(client);
        Assert.True(cluster.Log.Contains(LacksTail), "those that may lack something say so");
        Assert.True(cluster.Log.Contains(ElectedByAll), "and so does their leader");
        await client.ProduceAsync("b", 10);
        await AssertAllThereAsync(client);
    }

    [Fact]
    public async Task After_a_stop_in_order_nobody_abstains()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 1);
        await cluster.CreateTopicAsync("clicks", partitions: 1, replicas: 1, minInSync: 1, durability: "relaxed");
        using var client = new TopicClient(cluster, "clicks");
        await client.ProduceAsync("a", 10);

        await cluster.Nodes[0].StopAsync();
        cluster.Nodes[0].Boot = "another";
        cluster.Nodes[0].Start();

        await AssertAllThereAsync(client);
        Assert.False(cluster.Log.Contains(LacksTail), "all was flushed");
    }

    private static Task KillAllAsync(NodeCluster cluster) =>
        Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));

    private static async Task AssertAllThereAsync(TopicClient client)
    {
        IReadOnlyList<string> all = await client.ReadAllAsync();
        Assert.All(client.Acknowledged, one => Assert.Equal(one.Value, all[(int)one.Key]));
    }
}
