using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Brokers that are to leave and brokers that were just killed get nothing new.</summary>
public sealed class DrainTests
{
    private static readonly ConfigResource BrokerFour = new() { Type = ResourceType.Broker, Name = "4" };

    [Fact]
    public async Task A_broker_that_a_stock_client_marked_gets_nothing_until_it_is_taken_back()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(4);
        var client = new ConfluentClient(cluster.Bootstrap);
        using IAdminClient admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build();
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [BrokerFour] =
            [
                new ConfigEntry
                {
                    Name = "broker.draining",
                    Value = "true",
                    IncrementalOperation = AlterConfigOpType.Set,
                },
            ],
        });
        List<DescribeConfigsResult> described = await admin.DescribeConfigsAsync([BrokerFour]);
        Assert.Equal("true", described[0].Entries["broker.draining"].Value);
        Assert.Contains(
            "broker 4 is being drained", await cluster.RunAsync("cluster", "health"), StringComparison.Ordinal);
        Assert.Empty(await PlaceAsync(client, "without", 4));

        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "reassign", "without/0", "-r", "1,2,4"));
        Assert.Contains("decommission 4 --cancel", refusal.Message, StringComparison.Ordinal);

        await cluster.RunAsync("cluster", "decommission", "4", "--cancel");
        Assert.Equal(4, (await PlaceAsync(client, "with", 4)).Count);
    }

    [Fact]
    public async Task A_topic_that_is_created_just_after_a_kill_is_led_at_once_by_those_who_live()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var client = new ConfluentClient(cluster.Bootstrap);
        await cluster.Broker(3).KillAsync();
        for (int i = 0; i < 5; i++)
        {
            await client.CreateTopicAsync($"t{i}", 4, 1, new Dictionary<string, string>());
            IReadOnlyList<PartitionDescription> partitions = await client.DescribeAsync($"t{i}");
            Assert.All(partitions, partition => Assert.DoesNotContain(3, partition.Replicas));
        }
    }

    [Fact]
    public async Task Who_is_not_known_or_not_to_be_done_without_is_not_marked()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await RefusesAsync(cluster, 9, "Broker 9 is not registered; the brokers are 1, 2, 3");
        await cluster.RunAsync("cluster", "decommission", "3");
        await cluster.RunAsync("cluster", "decommission", "2");
        await RefusesAsync(cluster, 1, "no broker would be left that lives and takes replicas");
    }

    private static async Task RefusesAsync(ProcessCluster cluster, int broker, string reason)
    {
        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "decommission", $"{broker}"));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Which partitions of a new topic have a replica there.</summary>
    private static async Task<IReadOnlyList<int>> PlaceAsync(ConfluentClient client, string topic, int broker)
    {
        await client.CreateTopicAsync(topic, 8, 2, new Dictionary<string, string>());
        IReadOnlyList<PartitionDescription> partitions = await client.DescribeAsync(topic);
        Assert.Equal(8, partitions.Count);
        return [.. Enumerable.Range(0, 8).Where(index => partitions[index].Replicas.Contains(broker))];
    }
}
