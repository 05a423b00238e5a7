using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>What keeps a broker from starting is said in words that name the cause, and the process ends.</summary>
public sealed class StartRefusalTests(SharedCluster cluster) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("refused-").FullName;

    [Fact]
    public async Task An_unknown_key_is_named_with_the_nearest_known_one()
    {
        string said = await RefusedAsync(configuration => configuration["min.insync.replica"] = 2);

        Assert.Contains("min.insync.replica", said, StringComparison.Ordinal);
        Assert.Contains("min.insync.replicas", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_value_is_shown_with_its_key()
    {
        string said = await RefusedAsync(configuration => configuration["num.partitions"] = "many");

        Assert.Contains("num.partitions", said, StringComparison.Ordinal);
        Assert.Contains("many", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        string said = await RefusedAsync(configuration =>
            configuration["listeners"] = new JsonObject
            {
                ["client"] = new JsonObject { ["bind"] = address, ["advertised"] = address },
            });

        Assert.Contains(address, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_another_process_holds_is_named()
    {
        string held = cluster.Running.DataOf(1);

        string said = await RefusedAsync(configuration => configuration["data.dir"] = held);

        Assert.Contains(held, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        string missing = Path.Combine(_folder, "missing.json");

        Assert.Contains(missing, await RefusedAsync(missing), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<string> RefusedAsync(Action<JsonNode> spoil)
    {
        string sample = Path.Combine(Tree.Root, "cluster-configs", "broker-1.json");
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(sample))!;
        configuration["data.dir"] = Path.Combine(_folder, "data");
        configuration["listeners"] = new JsonObject
        {
            ["client"] = new JsonObject { ["bind"] = "127.0.0.1:0", ["advertised"] = "127.0.0.1:9092" },
        };
        configuration["peer"] = new JsonObject { ["bind"] = "127.0.0.1:0", ["advertised"] = "127.0.0.1:9192" };
        configuration["http.bind"] = "";
        spoil(configuration);
        string path = Path.Combine(_folder, "broker.json");
        File.WriteAllText(path, configuration.ToJsonString());
        return RefusedAsync(path);
    }

    private static async Task<string> RefusedAsync(string path)
    {
        var refused = await Assert.ThrowsAsync<StockClientException>(
            () => ChildProcess.RunAsync(Tree.Executable, ["serve", "--config", path], "", Limit));
        Assert.DoesNotContain("did not end within", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Broker.", refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }
}
