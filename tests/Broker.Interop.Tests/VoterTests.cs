using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Who votes on the metadata is changed while four brokers run and clients write.</summary>
public sealed class VoterTests
{
    private const string Topic = "voters";
    private const int Partitions = 3;

    [Fact]
    public async Task A_voter_is_replaced_under_load_and_the_new_one_counts()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(count: 4);
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(
            Topic, Partitions, 3, new Dictionary<string, string> { ["retention.ms"] = "-1" });
        var writer = new SteadyWriter(client, Topic, Partitions);
        Task writing = writer.RunAsync();

        JsonNode replaced = await VotersAsync(cluster.Bootstrap, "replace", "3", "4");
        Assert.Equal([1, 2, 4], IdsOf(replaced["voters"]!));
        Assert.Equal([3], IdsOf(replaced["observers"]!));
        await cluster.Broker(1).KillAsync();
        string alive = $"{cluster.Broker(2).Client},{cluster.Broker(4).Client}";
        await BrokerAsync("topic", "create", "made-by-the-new-voters", "-b", alive);

        // One of those that are left of the file's three voters; what the log says counts after a start.
        await cluster.Broker(2).StopAsync();
        cluster.Broker(1).Start();
        cluster.Broker(2).Start();
        await cluster.WaitUntilReadyAsync();
        JsonNode listed = await VotersAsync(cluster.Bootstrap, "list");
        Assert.Equal([1, 2, 4], IdsOf(listed["voters"]!));
        Assert.Contains(
            "The configured metadata voters are 1, 2, 3; the log's are 1, 2, 4",
            cluster.Broker(1).Printed,
            StringComparison.Ordinal);

        writer.End();
        await writing;
        await writer.FindAllAsync();
    }

    [Fact]
    public async Task A_wiped_voter_votes_again_after_it_was_removed_and_added()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        await cluster.Broker(3).KillAsync();
        Directory.Delete(cluster.DataOf(3), recursive: true);
        cluster.Broker(3).Start();
        await cluster.WaitUntilReadyAsync();
        JsonNode wiped = (await VotersAsync(cluster.Bootstrap, "list"))["voters"]!.AsArray()[2]!;
        Assert.Null(wiped["logEnd"]);

        var refused = await Assert.ThrowsAsync<StockClientException>(
            () => VotersAsync(cluster.Bootstrap, "add", "3"));
        Assert.Contains("already", refused.Message, StringComparison.Ordinal);
        await VotersAsync(cluster.Bootstrap, "remove", "3");
        JsonNode added = await VotersAsync(cluster.Bootstrap, "add", "3");
        Assert.Equal([1, 2, 3], IdsOf(added["voters"]!));
        Assert.NotNull(added["voters"]!.AsArray()[2]!["logEnd"]);
        await cluster.Broker(1).KillAsync();
        string alive = $"{cluster.Broker(2).Client},{cluster.Broker(3).Client}";
        await CreateAsync("made-by-the-wiped-voter", alive);
    }

    [Fact]
    public async Task A_request_that_comes_while_the_metadata_leader_is_gone_waits_for_the_next_one()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        int leader = (int)(await VotersAsync(cluster.Bootstrap, "list"))["leader"]!;
        BrokerProcess asked = cluster.Brokers.First(broker => broker.Id != leader);
        await BrokerAsync("topic", "create", "short-lived", "-b", asked.Client);
        await cluster.Broker(leader).KillAsync();
        await BrokerAsync("topic", "delete", "short-lived", "-b", asked.Client);
        JsonNode after = await VotersAsync(asked.Client, "list");
        Assert.NotEqual(leader, (int)after["leader"]!);
    }

    private static async Task<JsonNode> VotersAsync(string bootstrap, params string[] change) =>
        JsonNode.Parse(await BrokerAsync(
            ["cluster", "voters", .. change, "-b", bootstrap, "--format", "json"]))!;

    // Until the dead broker is fenced, a replica may be placed on it, and then the first topic has no leader; the
    // second is placed on those who live.
    private static async Task CreateAsync(string topic, string alive)
    {
        try
        {
            await BrokerAsync("topic", "create", topic, "-b", alive, "-r", "2");
        }
        catch (StockClientException early) when (early.Message.Contains("REQUEST_TIMED_OUT", StringComparison.Ordinal))
        {
            await BrokerAsync("topic", "create", $"{topic}-again", "-b", alive, "-r", "2");
        }
    }

    private static Task<string> BrokerAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, arguments);

    private static IEnumerable<int> IdsOf(JsonNode replicas) =>
        replicas.AsArray().Select(replica => (int)replica!["id"]!);
}
