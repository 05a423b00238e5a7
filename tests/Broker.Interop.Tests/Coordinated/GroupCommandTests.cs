using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests.Coordinated;

/// <summary><c>broker group</c>, asked about a group of a stock consumer.</summary>
public sealed class GroupCommandTests(SharedCluster cluster)
{
    private const int Records = 10;
    private const int Consumed = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_group_is_shown_with_its_lag_and_reset_and_deleted_when_its_member_has_left()
    {
        string topic = cluster.NewName("lag");
        string group = $"{topic}-readers";
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(topic, 1, 3, new Dictionary<string, string>());
        await client.ProduceAsync(
            topic,
            [.. Enumerable.Range(0, Records).Select(i => new ClientRecord(0, null, $"{i}", 1_700_000_000_000, ""))],
            new ProduceSettings(-1, "none", true));
        using (IConsumer<Ignore, string> reader = ReaderOf(group))
        {
            reader.Subscribe(topic);
            ConsumeResult<Ignore, string>? last = null;
            await Deadline.UntilAsync("some records to be read", Limit, () => Task.FromResult(
                (last = reader.Consume(TimeSpan.FromMilliseconds(100)) ?? last)?.Offset.Value >= Consumed - 1));
            reader.Commit([new TopicPartitionOffset(topic, 0, Consumed)]);

            JsonNode told = await DescribeAsync(group);
            Assert.Equal(("Stable", "consumer"), ((string)told["state"]!, (string)told["protocolType"]!));
            JsonNode member = Assert.Single(told["members"]!.AsArray())!;
            Assert.Equal((string)member["assigned"]![0]!["topic"]!, topic);
            Assert.Equal("reader", (string)member["clientId"]!);
            AssertProgress(told, (string)member["id"]!);
            await RefusesAsync("it has members; stop them first", "delete", group);
            await RefusesAsync("it has members; stop them first", "reset", group, "--topic", topic, "--to", "latest");
            reader.Close();
        }

        JsonNode left = await DescribeAsync(group);
        Assert.Equal("Empty", (string)left["state"]!);
        Assert.Empty(left["members"]!.AsArray());
        AssertProgress(left, owner: null);
        JsonNode listed = JsonNode.Parse(await GroupAsync("list", "--format", "json"))!["groups"]!.AsArray()
            .Single(each => (string)each!["id"]! == group)!;
        Assert.Equal(left["coordinator"]!.ToString(), listed["coordinator"]!.ToString());
        Assert.Equal("Empty", (string)listed["state"]!);

        Assert.Equal((Consumed, 0), await ResetAsync("earliest", "--plan"));
        Assert.Equal((Consumed, Records), await ResetAsync("latest"));
        Assert.Equal((Records, Records), await ResetAsync("1000"));
        Assert.Equal((Records, 2), await ResetAsync("2"));
        Assert.Equal(Records - 2, (long)(await DescribeAsync(group))["partitions"]![0]!["lag"]!);
        await RefusesAsync("no such topic", "reset", group, "--topic", "others", "--to", "latest");

        await GroupAsync("delete", group);
        await RefusesAsync("GROUP_ID_NOT_FOUND", "describe", group);

        async Task<(long From, long To)> ResetAsync(string to, params string[] more)
        {
            JsonNode told = JsonNode.Parse(await GroupAsync(
                ["reset", group, "--topic", topic, "--to", to, "--format", "json", .. more]))!;
            JsonNode partition = Assert.Single(told["partitions"]!.AsArray())!;
            return ((long)partition["from"]!, (long)partition["to"]!);
        }
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_refused_by_name()
    {
        await RefusesAsync("group 'nobody' can't be described: there is no such group", "describe", "nobody");
        await RefusesAsync("group 'nobody' was not deleted: There is no such group", "delete", "nobody");
    }

    private async Task RefusesAsync(string reason, params string[] arguments)
    {
        StockClientException refusal = await Assert.ThrowsAsync<StockClientException>(() => GroupAsync(arguments));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertProgress(JsonNode told, string? owner)
    {
        JsonNode partition = Assert.Single(told["partitions"]!.AsArray())!;
        Assert.Equal(
            (Consumed, Records, Records - Consumed),
            ((long)partition["committed"]!, (long)partition["logEnd"]!, (long)partition["lag"]!));
        Assert.Equal(owner, (string?)partition["owner"]);
    }

    private IConsumer<Ignore, string> ReaderOf(string group) => new ConsumerBuilder<Ignore, string>(new ConsumerConfig
    {
        BootstrapServers = cluster.Bootstrap,
        GroupId = group,
        ClientId = "reader",
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
    }).Build();

    private async Task<JsonNode> DescribeAsync(string group) =>
        JsonNode.Parse(await GroupAsync("describe", group, "--format", "json"))!;

    private Task<string> GroupAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, ["group", .. arguments, "-b", cluster.Bootstrap]);
}
