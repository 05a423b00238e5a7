using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary><c>broker cluster health</c>, asked of real processes.</summary>
public sealed class HealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_broker_that_is_gone_is_told_with_its_partitions_until_it_is_back()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync("orders", 3, 3, new Dictionary<string, string> { ["retention.ms"] = "-1" });
        await WatchAsync(cluster);

        await cluster.Broker(3).KillAsync();
        string told = "";
        await Deadline.UntilAsync("all three partitions to be told", Patience, async () =>
        {
            told = await FailAsync(cluster);
            JsonArray partitions = JsonNode.Parse(told)!["partitions"]!.AsArray();
            return partitions.Count == 3 && partitions.All(each => each!["leader"]!.GetValue<int>() is 1 or 2);
        });
        Assert.All(JsonNode.Parse(told)!["partitions"]!.AsArray(), each =>
        {
            Assert.Equal(3, Assert.Single(each!["notInSync"]!.AsArray())!.GetValue<int>());
            Assert.Equal(3, Assert.Single(each!["down"]!.AsArray())!.GetValue<int>());
        });

        cluster.Broker(3).Start();
        await cluster.WaitUntilReadyAsync();
        Assert.Contains("healthy", await WatchAsync(cluster));
    }

    [Fact]
    public async Task A_voter_that_is_gone_for_good_is_warned_of_until_its_vote_is_taken()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(
            4, configure: settings => settings["broker.replica.rebuild.delay.ms"] = 1000);
        await new ConfluentClient(cluster.Bootstrap).CreateTopicAsync(
            "orders", 4, 3, new Dictionary<string, string> { ["retention.ms"] = "-1" });
        await cluster.Broker(3).KillAsync();

        // Ends by itself once its replicas are elsewhere: waiting would not bring the vote back.
        StockClientException warned = await Assert.ThrowsAsync<StockClientException>(() => WatchAsync(cluster));
        Assert.Contains("ended with 3\n", warned.Message, StringComparison.Ordinal);
        Assert.Contains("broker cluster voters remove 3", warned.Message, StringComparison.Ordinal);
        Assert.Contains("see to the warning", warned.Message, StringComparison.Ordinal);
        warned = await Assert.ThrowsAsync<StockClientException>(
            () => cluster.RunAsync("cluster", "health", "--format", "json"));
        JsonNode told = JsonNode.Parse(warned.Message[warned.Message.IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.False(told["healthy"]!.GetValue<bool>());
        Assert.Empty(told["down"]!.AsArray());
        Assert.Equal(3, Assert.Single(told["votersDown"]!.AsArray())!.GetValue<int>());

        await cluster.RunAsync("cluster", "voters", "remove", "3");
        Assert.Contains("healthy", await WatchAsync(cluster), StringComparison.Ordinal);
    }

    // Ends by itself, with 0, once all is well.
    private static Task<string> WatchAsync(ProcessCluster cluster) => cluster.RunAsync("cluster", "health", "--watch");

    private static async Task<string> FailAsync(ProcessCluster cluster)
    {
        try
        {
            await cluster.RunAsync("cluster", "health", "--format", "json");
            return """{ "partitions": [] }""";
        }
        catch (StockClientException ended)
        {
            Assert.Contains("ended with 1\n", ended.Message);
            int at = ended.Message.IndexOf('\n', StringComparison.Ordinal);
            return ended.Message[at..];
        }
    }
}
