using System.Globalization;
using Broker.Server;
using Broker.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Broker.Cli.Commands.Dev;

/// <summary>Three broker nodes in this process, on 127.0.0.1.</summary>
internal sealed class DevCluster(int port, string directory, ILoggerFactory loggers)
{
    private const int Brokers = 3;
    private const int PeerPortDistance = 100;

    /// <summary>Starts all, shows them when they are ready, and runs until told to stop or one of them fails.</summary>
    public async Task RunAsync(Action<IReadOnlyList<DevBroker>> show, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        DevBroker[] brokers = [.. Enumerable.Range(1, Brokers).Select(Make)];
        Task[] running = [.. brokers.Select(
            broker => Task.Run(() => broker.Node.RunAsync(ending.Token), ending.Token))];
        Task ready = Task.WhenAll(brokers.Select(broker => broker.Node.Ready));
        Task first = await Task.WhenAny([ready, .. running]);
        if (first == ready)
        {
            show(brokers);
            await Task.WhenAny(running);
        }

        await ending.CancelAsync();
        await Task.WhenAll(running);
    }

    private DevBroker Make(int number)
    {
        BrokerOptions options = BrokerOptionsLoader.Load("broker dev", ConfigOf(number), [], []);
        return new DevBroker(
            options, new BrokerNode(options, BrokerEnvironment.Real(TimeProvider.System, new Random(), loggers)));
    }

    private string ConfigOf(int number)
    {
        int client = port + number - 1;
        string voters = string.Join(", ", Enumerable.Range(1, Brokers).Select(
            id => string.Create(CultureInfo.InvariantCulture, $"\"{id}@127.0.0.1:{PeerPort(id)}\"")));
        string data = System.Text.Json.JsonEncodedText.Encode(
            Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"broker-{number}"))).ToString();
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "broker.id": {{number}},
              "data.dir": "{{data}}",
              "listeners": { "client": { "bind": "127.0.0.1:{{client}}" } },
              "peer": { "bind": "127.0.0.1:{{PeerPort(number)}}" },
              "metadata.voters": [{{voters}}],
              "num.partitions": 3,
              "default.replication.factor": 3,
              "min.insync.replicas": 2,
              "auto.create.topics.enable": true,
              "group.initial.rebalance.delay.ms": 0
            }
            """);
    }

    private int PeerPort(int number) => port + PeerPortDistance + number - 1;
}
