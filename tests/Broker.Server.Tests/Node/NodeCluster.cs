using System.Net;
using System.Net.Sockets;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Configuration;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Node;

/// <summary>Brokers in this process, on free loopback ports and in a temporary folder.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("broker-nodes-").FullName;

    private NodeCluster(int brokers, string[] settings)
    {
        int[] ports = FreePorts(2 * brokers);
        string voters = string.Join(
            ", ", Enumerable.Range(1, brokers).Select(id => $"\"{id}@127.0.0.1:{ports[brokers + id - 1]}\""));
        Nodes = [.. Enumerable.Range(1, brokers).Select(id => new NodeUnderTest(
            BrokerOptionsLoader.Load(
                "test",
                $$"""
                {
                  "broker.id": {{id}}, "data.dir": "{{_root}}/{{id}}", "metadata.voters": [{{voters}}],
                  "listeners.client.bind": "127.0.0.1:{{ports[id - 1]}}",
                  "peer.bind": "127.0.0.1:{{ports[brokers + id - 1]}}"
                }
                """,
                [],
                settings),
            Log))];
    }

    public IReadOnlyList<NodeUnderTest> Nodes { get; }

    public EventLog Log { get; } = new();

    private IEnumerable<NodeUnderTest> Up => Nodes.Where(node => node.IsUp);

    /// <param name="brokers">How many.</param>
    /// <param name="settings">For each of them, as on the command line.</param>
    public static async Task<NodeCluster> StartAsync(int brokers, params string[] settings)
    {
        var cluster = new NodeCluster(brokers, settings);
        foreach (NodeUnderTest node in cluster.Nodes)
            node.Start();
        foreach (NodeUnderTest node in cluster.Nodes)
            await node.Current!.Ready.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return cluster;
    }

    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, $"not within {Patience}: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async Task CreateTopicAsync(
        string name, int partitions, int replicas, int minInSync, string durability = "flushed")
    {
        var request = new CreateTopicsRequest { TimeoutMs = 30_000 };
        CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
        topic.Name = name;
        topic.NumPartitions = partitions;
        topic.ReplicationFactor = (short)replicas;
        Configure(TopicConfigTable.MinInSyncReplicas, $"{minInSync}");
        Configure(TopicConfigTable.Durability, durability);
        using KafkaClient client = await KafkaClient.ConnectAsync(Nodes[0].Address);
        CreateTopicsResponse response = await client.AskAsync(request, 7);
        Assert.Equal(ErrorCode.None, Assert.Single(response.Topics).ErrorCode);

        void Configure(string config, string value)
        {
            CreateTopicsRequest.CreatableTopicConfig one = topic.Configs.Add();
            one.Name = config;
            one.Value = value;
        }
    }

    public TopicImage? Topic(string name) => Up.Select(node => node.Current?.Cluster?.Image.FindTopic(name))
        .FirstOrDefault(topic => topic is not null);

    /// <summary>
    /// Who leads a topic's first partition, as the broker that is up and knows of the latest epoch sees it; null while
    /// none does. One that has just given up the lead or opens its replica again is behind the others for a moment.
    /// </summary>
    public NodeUnderTest? LeaderOf(string topic)
    {
        IEnumerable<LeaderView> views =
            from node in Up
            let view = node.Current?.Cluster
            where view is not null
            let image = view.Image.FindTopic(topic)
            where image is not null
            select view.LeaderOf(image, 0);
        LeaderView? latest = views.OrderByDescending(view => view.Epoch)
            .ThenByDescending(view => view.Leader != BrokerId.None)
            .Select(view => (LeaderView?)view)
            .FirstOrDefault();
        return Up.FirstOrDefault(node => node.Id == latest?.Leader);
    }

    public async Task<NodeUnderTest> UntilLedAsync(string topic)
    {
        NodeUnderTest? leader = null;
        await UntilAsync(() => (leader = LeaderOf(topic)) is not null, $"{topic} has a leader");
        return leader!;
    }

    /// <summary>Every replica of the topic's first partition has reached its leader's end.</summary>
    public Task UntilInSyncAsync(string topic, int replicas) => UntilAsync(
        () => LeaderOf(topic) is { } leader
            && leader.Current!.Cluster!.Image.FindTopic(topic)!.Partitions[0].InSync.Length == replicas,
        $"{replicas} replicas of {topic} are in sync");

    /// <summary>Where a broker keeps the topic's first partition.</summary>
    public string DirectoryOf(NodeUnderTest node, string topic) =>
        Path.Combine(_root, $"{node.Id}", "topics", $"{Topic(topic)!.Id}", "0");

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        Directory.Delete(_root, recursive: true);
    }

    // All are held at once, so that they differ.
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Stop());
        return ports;
    }
}
