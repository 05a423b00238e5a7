using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Broker.Interop.Tests.Clients;

/// <summary>A client of another language, behind a script that takes one JSON request and prints one answer.</summary>
internal sealed class ScriptClient(string bootstrap, string name, string interpreter, string script) : IStockClient
{
    public string Name => name;

    public required IReadOnlyList<string> Codecs { get; init; }

    public required bool CanBeIdempotent { get; init; }

    public bool CanAssign { get; init; } = true;

    public Task CreateTopicAsync(
        string topic, int partitions, int replicas, IReadOnlyDictionary<string, string> configs) => AskAsync(
        "create", topic, new JsonObject
        {
            ["partitions"] = partitions,
            ["replicas"] = replicas,
            ["configs"] = JsonSerializer.SerializeToNode(configs),
        });

    public Task AddPartitionsAsync(string topic, int total) =>
        AskAsync("add-partitions", topic, new JsonObject { ["total"] = total });

    public Task DeleteTopicAsync(string topic) => AskAsync("delete", topic, []);

    public async Task<IReadOnlyDictionary<string, string?>> ConfigsAsync(string topic)
    {
        JsonNode answer = await AskAsync("configs", topic, []);
        return answer["configs"]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value?.ToString());
    }

    /// <summary>What is set on a topic afterwards is this, and nothing else (AlterConfigs).</summary>
    public Task ReplaceConfigsAsync(string topic, IReadOnlyDictionary<string, string> configs) => AskAsync(
        "replace-configs", topic, new JsonObject { ["configs"] = JsonSerializer.SerializeToNode(configs) });

    /// <summary>Single configs, null for the default (IncrementalAlterConfigs); only one script can.</summary>
    public Task AlterConfigsAsync(string topic, IReadOnlyDictionary<string, string?> configs) => AskAsync(
        "alter-configs", topic, new JsonObject { ["configs"] = JsonSerializer.SerializeToNode(configs) });

    public async Task<IReadOnlyList<int>> BrokersAsync()
    {
        JsonNode answer = await AskAsync("describe", null, []);
        return [.. answer["brokers"]!.AsArray().Select(broker => (int)broker!["id"]!).Order()];
    }

    public async Task<IReadOnlyList<PartitionDescription>> DescribeAsync(string topic)
    {
        JsonNode answer = await AskAsync("describe", topic, []);
        return
        [
            .. answer["topics"]![topic]!.AsArray()
                .Select(partition => new PartitionDescription(
                    (int)partition!["partition"]!,
                    (int)partition["leader"]!,
                    [.. partition["replicas"]!.AsArray().Select(id => (int)id!)],
                    partition["isr"]!.AsArray().Count))
                .OrderBy(partition => partition.Partition),
        ];
    }

    public async Task<IReadOnlyList<long>> ProduceAsync(
        string topic, IReadOnlyList<ClientRecord> records, ProduceSettings settings)
    {
        JsonNode answer = await AskAsync("produce", topic, new JsonObject
        {
            ["acks"] = settings.Acks,
            ["codec"] = settings.Codec,
            ["idempotent"] = settings.Idempotent,
            ["records"] = new JsonArray([.. records.Select(Write)]),
        });

        // Without acknowledgements there are no offsets to tell.
        return [.. answer["acks"]!.AsArray().Select(ack => (long?)ack!["offset"] ?? -1)];
    }

    public async Task<PartitionOffsets> OffsetsAsync(string topic, int partition, long timestamp)
    {
        var question = new JsonObject { ["partition"] = partition, ["timestamp"] = timestamp };
        JsonNode answer = await AskAsync("offsets", topic, question);
        return new PartitionOffsets((long)answer["earliest"]!, (long)answer["latest"]!, (long)answer["at"]!);
    }

    public async Task<IReadOnlyList<PlacedRecord>> ConsumeAsync(string topic, int partition, long from, int count)
    {
        var question = new JsonObject { ["partition"] = partition, ["from"] = from, ["count"] = count };
        JsonNode answer = await AskAsync("consume", topic, question);
        return [.. answer["records"]!.AsArray().Select(record => Read(record!))];
    }

    /// <summary>What each broker's replica takes on its disk; only one client can ask.</summary>
    public async Task<IReadOnlyDictionary<int, long>> LogSizesAsync(string topic, int partition)
    {
        JsonNode answer = await AskAsync("log-sizes", topic, new JsonObject { ["partition"] = partition });
        return answer["sizes"]!.AsObject().ToDictionary(
            size => int.Parse(size.Key, CultureInfo.InvariantCulture), size => (long)size.Value!);
    }

    /// <summary>One transaction after the other, each with its values, committed or aborted.</summary>
    public Task TransactAsync(
        string topic, string id, IReadOnlyList<(IReadOnlyList<string> Values, bool Commits)> transactions) =>
        AskAsync("transact", topic, new JsonObject
        {
            ["id"] = id,
            ["transactions"] = new JsonArray([.. transactions.Select(transaction => new JsonObject
            {
                ["values"] = new JsonArray([.. transaction.Values.Select(value => (JsonNode)value)]),
                ["commits"] = transaction.Commits,
            })]),
        });

    private static JsonNode Write(ClientRecord record) => new JsonObject
    {
        ["partition"] = record.Partition,
        ["key"] = record.Key,
        ["value"] = record.Value,
        ["timestamp"] = record.Timestamp,
        ["headers"] = new JsonArray(
            [.. record.HeaderPairs.Select(header => (JsonNode)new JsonArray(header.Name, header.Value))]),
    };

    private static PlacedRecord Read(JsonNode record) => new(
        new ClientRecord(
            (int)record["partition"]!,
            (string?)record["key"],
            (string)record["value"]!,
            (long)record["timestamp"]!,
            ClientRecord.Join(record["headers"]!.AsArray().Select(pair => ((string)pair![0]!, (string)pair[1]!)))),
        (long)record["offset"]!);

    private async Task<JsonNode> AskAsync(string verb, string? topic, JsonObject question)
    {
        question["bootstrap"] = bootstrap;
        question["verb"] = verb;
        question["topic"] = topic;
        string printed = await ChildProcess.RunAsync(interpreter, [script], question.ToJsonString());
        JsonNode answer = JsonNode.Parse(printed) ?? throw new StockClientException($"{name} answered nothing");
        return answer["error"] is JsonNode error
            ? throw new StockClientException($"{name}, {verb} {topic}: {error}")
            : answer;
    }
}
