using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Configs that one client changes are in force for every other one, at brokers that run on.</summary>
public sealed class AlterConfigsTests(SharedCluster cluster)
{
    private const string Retention = "retention.ms";
    private const string MessageBytes = "max.message.bytes";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("python3-confluent-kafka")]
    [InlineData("kafkajs")]
    [InlineData("@platformatic/kafka")]
    public async Task A_stock_client_replaces_a_topics_configs(string name)
    {
        var client = (ScriptClient)StockClients.Named(name, cluster.Bootstrap);
        string topic = await CreateAsync(client, "replaced");
        await client.ReplaceConfigsAsync(topic, new Dictionary<string, string> { [MessageBytes] = "5000" });

        IReadOnlyDictionary<string, string?> configs = await client.ConfigsAsync(topic);
        Assert.Equal("5000", configs[MessageBytes]);
        Assert.Equal("604800000", configs[Retention]);
        await IsTooLargeAsync(topic);

        await Assert.ThrowsAsync<StockClientException>(() => client.ReplaceConfigsAsync(
            topic, new Dictionary<string, string> { ["retention.mss"] = "5" }));
        Assert.Equal("5000", (await client.ConfigsAsync(topic))[MessageBytes]);
    }

    [Fact]
    public async Task Single_configs_are_changed_by_platformatic()
    {
        var client = (ScriptClient)StockClients.Named("@platformatic/kafka", cluster.Bootstrap);
        string topic = await CreateAsync(client, "altered");
        await client.AlterConfigsAsync(
            topic, new Dictionary<string, string?> { [MessageBytes] = "5000", [Retention] = null });

        IReadOnlyDictionary<string, string?> configs = await client.ConfigsAsync(topic);
        Assert.Equal(("5000", "604800000"), (configs[MessageBytes], configs[Retention]));
        await IsTooLargeAsync(topic);
    }

    [Fact]
    public async Task Lists_are_added_to_by_librdkafka_and_bad_wishes_say_what_is_wrong()
    {
        var client = new ConfluentClient(cluster.Bootstrap);
        string topic = await CreateAsync(client, "appended");
        using IAdminClient admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build();
        await AlterAsync("cleanup.policy", "compact", AlterConfigOpType.Append);
        Assert.Equal("delete,compact", (await client.ConfigsAsync(topic))["cleanup.policy"]);
        await AlterAsync("cleanup.policy", "compact", AlterConfigOpType.Subtract);
        Assert.Equal("delete", (await client.ConfigsAsync(topic))["cleanup.policy"]);

        var refused = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(
            () => AlterAsync("broker.durability", "relaxed", AlterConfigOpType.Set));
        Error error = Assert.Single(refused.Results).Error;
        Assert.Equal(ErrorCode.InvalidConfig, error.Code);
        Assert.Contains("can't be changed", error.Reason, StringComparison.Ordinal);

        Task AlterAsync(string name, string value, AlterConfigOpType operation) => admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = topic }] =
                    [new ConfigEntry { Name = name, Value = value, IncrementalOperation = operation }],
            });
    }

    [Fact]
    public async Task The_command_changes_shows_and_explains()
    {
        var client = new ConfluentClient(cluster.Bootstrap);
        string topic = await CreateAsync(client, "by-command");
        JsonNode shown = JsonNode.Parse(await RunAsync(
            "alter", topic, "--config", $"{MessageBytes}=5000", "--delete-config", Retention, "--format", "json"))!;
        Assert.Equal("5000", (string?)shown["configs"]![MessageBytes]);
        Assert.Null(shown["configs"]![Retention]);
        await IsTooLargeAsync(topic);

        string text = await RunAsync("alter", topic, "--delete-config", MessageBytes);
        Assert.Contains("(defaults)", text, StringComparison.Ordinal);
    }

    private async Task<string> CreateAsync(IStockClient client, string topic)
    {
        string name = cluster.NewName(topic);
        await client.CreateTopicAsync(name, 1, 3, new Dictionary<string, string> { [Retention] = "86400000" });
        return name;
    }

    private Task<string> RunAsync(params string[] arguments) => ChildProcess.RunAsync(
        Tree.Executable, ["topic", .. arguments, "--bootstrap-server", cluster.Bootstrap], "");

    // The change is answered when it is written down; a leader hears of it within moments.
    private async Task IsTooLargeAsync(string topic)
    {
        var records = new ClientRecord[] { new(0, "key", new string('x', 20_000), 1_700_000_000_000, "") };
        var client = new ConfluentClient(cluster.Bootstrap);
        await Deadline.UntilAsync("a record that is too large to be refused", Limit, async () =>
        {
            try
            {
                await client.ProduceAsync(topic, records, new ProduceSettings());
                return false;
            }
            catch (KafkaException failure) when (failure.Error.Code == ErrorCode.MsgSizeTooLarge)
            {
                return true;
            }
        });
    }
}
