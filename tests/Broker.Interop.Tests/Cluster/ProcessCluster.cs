using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;

namespace Broker.Interop.Tests.Cluster;

/// <summary>
/// Three broker processes or more on free ports in a temporary folder. The configurations are the samples of
/// cluster-configs with other ports and folders, so that the samples are what is tested; who comes after the third has
/// that one's, and is no voter of the metadata group.
/// </summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private const int Samples = 3;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("interop-").FullName;
    private readonly HttpClient _requests = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly List<BrokerProcess> _brokers = [];

    private ProcessCluster(int count, Action<JsonObject>? configure)
    {
        int[] ports = FreePorts(count * 3);
        int[] peers = ports[count..(count * 2)];
        for (int id = 1; id <= count; id++)
        {
            _brokers.Add(Configure(id, ports[id - 1], peers, ports[(count * 2) + id - 1], configure));
        }
    }

    public IReadOnlyList<BrokerProcess> Brokers => _brokers;

    public string Bootstrap => string.Join(',', _brokers.Select(broker => broker.Client));

    /// <param name="executable">Of which version; this one if not said.</param>
    /// <param name="configure">Changes each broker's configuration.</param>
    /// <param name="more">So many more are there, and are not started.</param>
    public static async Task<ProcessCluster> StartAsync(
        int count = 3, string? executable = null, Action<JsonObject>? configure = null, int more = 0)
    {
        var cluster = new ProcessCluster(count + more, configure);
        try
        {
            foreach (BrokerProcess broker in cluster._brokers.Take(count))
            {
                broker.Start(executable);
            }

            await cluster.WaitUntilReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public BrokerProcess Broker(int id) => _brokers[id - 1];

    public string DataOf(int id) => Path.Combine(_folder, $"broker-{id}");

    /// <summary>Runs a command of the executable's against this cluster.</summary>
    public Task<string> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Tree.Executable, [.. arguments, "-b", Bootstrap]);

    /// <summary>Waits until every broker that runs says that it is ready.</summary>
    public async Task WaitUntilReadyAsync()
    {
        foreach (BrokerProcess broker in _brokers.Where(broker => broker.IsRunning))
        {
            try
            {
                string what = $"broker {broker.Id} to be ready";
                await Deadline.UntilAsync(what, ReadyLimit, () => broker.IsReadyAsync(_requests));
            }
            catch (TimeoutException late)
            {
                throw new TimeoutException($"{late.Message}; it printed:\n{broker.Printed}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BrokerProcess broker in _brokers)
        {
            broker.Dispose();
        }

        _requests.Dispose();
        await Task.CompletedTask;
        Directory.Delete(_folder, recursive: true);
    }

    private BrokerProcess Configure(
        int id, int clientPort, int[] peerPorts, int httpPort, Action<JsonObject>? configure)
    {
        string sample = Path.Combine(Tree.Root, "cluster-configs", $"broker-{Math.Min(id, Samples)}.json");
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(sample))!;
        string client = $"127.0.0.1:{clientPort}";
        string peer = $"127.0.0.1:{peerPorts[id - 1]}";
        string http = $"127.0.0.1:{httpPort}";
        configuration["broker.id"] = id;
        configuration["data.dir"] = DataOf(id);
        configuration["listeners"]!["client"] = new JsonObject { ["bind"] = client, ["advertised"] = client };
        configuration["peer"] = new JsonObject { ["bind"] = peer, ["advertised"] = peer };
        configuration["http.bind"] = http;
        configuration["metadata.voters"] = new JsonArray(
            [.. peerPorts.Take(Samples).Select((port, index) => (JsonNode)$"{index + 1}@127.0.0.1:{port}")]);
        configure?.Invoke(configuration.AsObject());
        string path = Path.Combine(_folder, $"broker-{id}.json");
        File.WriteAllText(path, configuration.ToJsonString());
        return new BrokerProcess(id, path, client, http);
    }

    // All are held at once, so that they differ.
    public static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Stop());
        return ports;
    }
}
