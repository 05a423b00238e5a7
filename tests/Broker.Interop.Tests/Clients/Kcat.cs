using System.Text.Json.Nodes;

namespace Broker.Interop.Tests.Clients;

/// <summary>kcat on the command line.</summary>
internal sealed class Kcat(string bootstrap)
{
    public Task<string> RunAsync(params string[] arguments) => RunAsync("", arguments);

    public Task<string> RunAsync(string input, string[] arguments) =>
        ChildProcess.RunAsync("kcat", [.. arguments, "-b", bootstrap, "-q"], input);

    /// <summary>Brokers and topics as kcat -L -J says them.</summary>
    public async Task<JsonNode> ListAsync(string? topic = null)
    {
        string[] arguments = topic is null ? ["-L", "-J"] : ["-L", "-J", "-t", topic];
        return JsonNode.Parse(await RunAsync(arguments))!;
    }

    /// <summary>Records of one partition from a place to the end, as kcat -J says them.</summary>
    public async Task<IReadOnlyList<PlacedRecord>> ConsumeAsync(string topic, int partition, params string[] from)
    {
        string printed = await RunAsync(["-C", "-t", topic, "-p", $"{partition}", "-e", "-J", .. from]);
        return
        [
            .. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Read(JsonNode.Parse(line)!)),
        ];
    }

    private static PlacedRecord Read(JsonNode record)
    {
        // Headers come as one flat list: name, value, name, value.
        string[] headers = [.. (record["headers"]?.AsArray() ?? []).Select(each => (string)each!)];
        return new PlacedRecord(
            new ClientRecord(
                (int)record["partition"]!,
                (string?)record["key"],
                (string)record["payload"]!,
                (long)record["ts"]!,
                ClientRecord.Join(headers.Chunk(2).Select(pair => (pair[0], pair[1])))),
            (long)record["offset"]!);
    }
}
