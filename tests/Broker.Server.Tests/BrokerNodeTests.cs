using System.Net.Sockets;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Tests.Node;
using Broker.Storage;
using Xunit;

namespace Broker.Server.Tests;

/// <summary>Whole brokers, on sockets and files: what a client is promised while they come and go.</summary>
public sealed class BrokerNodeTests
{
    private const int NobodyTookOver = 2306;
    private const int LeftAlone = 2308;
    private const int Readmitted = 3105;
    private const int ScrubMetDamage = 3118;

    [Fact]
    public async Task Lesson_20_writing_goes_on_when_the_leader_s_broker_dies_and_it_catches_up_when_it_is_back()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 3);
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 3, minInSync: 2);
        using var plain = new TopicClient(cluster, "orders");
        using var numbered = new TopicClient(cluster, "orders");
        await numbered.BecomeIdempotentAsync();
        await Task.WhenAll(plain.ProduceAsync("a", 30), numbered.ProduceAsync("x", 30));

        NodeUnderTest first = await cluster.UntilLedAsync("orders");
        Task writing = Task.WhenAll(plain.ProduceAsync("b", 30), numbered.ProduceAsync("y", 30));
        await first.KillAsync();
        await writing;
        first.Start();
        await cluster.UntilInSyncAsync("orders", 3);

        // With another one gone it is needed for every acknowledgement: it has all that came before.
        await (await cluster.UntilLedAsync("orders")).KillAsync();
        await Task.WhenAll(plain.ProduceAsync("c", 30), numbered.ProduceAsync("z", 30));

        IReadOnlyList<string> all = await plain.ReadAllAsync();
        Assert.All(plain.Acknowledged.Concat(numbered.Acknowledged), one => Assert.Equal(one.Value, all[(int)one.Key]));
        string[] once = [.. all.Where(value => value[0] is 'x' or 'y' or 'z')];
        Assert.Equal(from name in "xyz" from i in Enumerable.Range(0, 30) select $"{name} {i}", once);
    }

    [Fact]
    public async Task Lesson_11_damage_that_a_consumer_meets_moves_the_lead_at_once_and_is_repaired_from_the_others()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(3, "--tail.cache.bytes=0");
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 3, minInSync: 2);
        using var client = new TopicClient(cluster, "orders");
        await client.ProduceAsync("a", 40);
        NodeUnderTest damaged = await cluster.UntilLedAsync("orders");
        string directory = cluster.DirectoryOf(damaged, "orders");
        Spoil(Directory.GetFiles(directory, "*.log").Single());

        IReadOnlyList<string> all = await client.ReadAllAsync();

        Assert.All(client.Acknowledged, one => Assert.Equal(one.Value, all[(int)one.Key]));
        NodeUnderTest leader = await cluster.UntilLedAsync("orders");
        Assert.NotEqual(damaged, leader);
        await NodeCluster.UntilAsync(
            () => cluster.Log.Contains(Readmitted), "the damaged replica is filled again and counts");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(directory, "damaged")));

        // Now it is needed for every acknowledgement.
        await cluster.Nodes.Single(node => node != damaged && node != leader).KillAsync();
        await client.ProduceAsync("b", 10);
        all = await client.ReadAllAsync();
        Assert.All(client.Acknowledged, one => Assert.Equal(one.Value, all[(int)one.Key]));
    }

    [Fact]
    public async Task Lesson_11_damage_in_a_follower_that_nobody_reads_is_found_and_repaired_from_the_others()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(
            3, "--tail.cache.bytes=0", "--log.segment.bytes=1048576", "--log.scrub.interval.ms=200");
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 3, minInSync: 2);
        using var client = new TopicClient(cluster, "orders");
        await client.ProduceAsync(new string('a', 200_000), 12);
        await cluster.UntilInSyncAsync("orders", 3);
        NodeUnderTest leader = await cluster.UntilLedAsync("orders");
        NodeUnderTest damaged = cluster.Nodes.First(node => node != leader);
        string directory = cluster.DirectoryOf(damaged, "orders");
        string[] segments = [.. Directory.GetFiles(directory, "*.log").Order(StringComparer.Ordinal)];
        Assert.True(segments.Length > 2);

        Spoil(segments[1]);

        await NodeCluster.UntilAsync(() => cluster.Log.Contains(ScrubMetDamage), "the damage is met");
        await NodeCluster.UntilAsync(
            () => cluster.Log.Contains(Readmitted), "the damaged replica is filled again and counts");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(directory, "damaged")));
        Assert.Equal(leader, await cluster.UntilLedAsync("orders"));

        // Now it is needed for every acknowledgement.
        await cluster.Nodes.Single(node => node != damaged && node != leader).KillAsync();
        await client.ProduceAsync("b", 5);
        IReadOnlyList<string> all = await client.ReadAllAsync();
        Assert.All(client.Acknowledged, one => Assert.Equal(one.Value, all[(int)one.Key]));
    }

    [Fact]
    public async Task An_orderly_stop_answers_what_is_in_flight_or_closes_and_loses_nothing_it_acknowledged()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 3);
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 3, minInSync: 2);
        NodeUnderTest leader = await cluster.UntilLedAsync("orders");
        Task<Dictionary<long, string>>[] writers =
            [.. Enumerable.Range(0, 4).Select(i => PipelineAsync(leader, $"writer {i}"))];
        using var reader = new TopicClient(cluster, "orders");
        await reader.ProduceAsync("first", 1);

        await leader.StopAsync();

        Dictionary<long, string>[] acknowledged = await Task.WhenAll(writers);
        Assert.Null(leader.Failure);
        IReadOnlyList<string> all = await reader.ReadAllAsync();
        Assert.NotEmpty(acknowledged.SelectMany(one => one));
        Assert.All(acknowledged.SelectMany(one => one), one => Assert.Equal(one.Value, all[(int)one.Key]));
    }

    [Fact]
    public async Task Lesson_27_a_failed_flush_ends_the_broker_and_is_never_tried_again()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 1);
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 1, minInSync: 1);
        using var client = new TopicClient(cluster, "orders");
        await client.ProduceAsync("kept", 5);
        NodeUnderTest node = cluster.Nodes[0];

        node.Files.FailFlushes(1);
        using KafkaClient writer = await KafkaClient.ConnectAsync(node.Address);
        Assert.Null(await TryProduceAsync(writer, "lost"));
        await node.EndedAsync();

        Assert.IsType<FlushFailedException>(node.Failure);
        Assert.Equal((1, 0), (node.Files.Failed, node.Files.AfterFailure));
        node.Start();
        IReadOnlyList<string> all = await client.ReadAllAsync();
        Assert.All(client.Acknowledged, one => Assert.Equal(one.Value, all[(int)one.Key]));
    }

    [Fact]
    public async Task A_disk_that_fails_everybody_at_once_ends_the_broker_once()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 1);
        await cluster.CreateTopicAsync("orders", partitions: 1, replicas: 1, minInSync: 1);
        NodeUnderTest node = cluster.Nodes[0];

        node.Files.FailFlushes(int.MaxValue);
        using KafkaClient writer = await KafkaClient.ConnectAsync(node.Address);
        using KafkaClient creator = await KafkaClient.ConnectAsync(node.Address);
        await Task.WhenAll(TryProduceAsync(writer, "lost"), TryCreateAsync(creator));
        await node.EndedAsync();

        Assert.NotNull(node.Failure);
    }

    [Fact]
    public async Task The_last_broker_waits_for_no_successor()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(brokers: 3);
        foreach (NodeUnderTest node in cluster.Nodes.Take(2))
            await node.KillAsync();
        IClusterView view = cluster.Nodes[2].Current!.Cluster!;
        await NodeCluster.UntilAsync(
            () => !cluster.Nodes.Take(2).Any(node => view.IsAlive(node.Id)), "the others are known to be gone");

        await cluster.Nodes[2].StopAsync();

        Assert.True(cluster.Log.Contains(LeftAlone));
        Assert.False(cluster.Log.Contains(NobodyTookOver));
    }

    private static void Spoil(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = file.Length / 2;
        int was = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(was ^ 4));
    }

    // Many requests before the first answer; what was acknowledged, by offset. Ends when the connection does.
    private static async Task<Dictionary<long, string>> PipelineAsync(NodeUnderTest to, string name)
    {
        const int Window = 50;
        var acknowledged = new Dictionary<long, string>();
        using KafkaClient client = await KafkaClient.ConnectAsync(to.Address);
        try
        {
            for (int i = 0; ; i++)
            {
                await client.SendAsync(
                    TopicClient.RequestFor("orders", $"{name} {i}", -1, ProducerId.None, -1, -1),
                    TopicClient.ProduceVersion);
                if (i < Window)
                    continue;
                ProduceResponse response = await client.ReadAsync<ProduceResponse>(
                    ApiKey.Produce, TopicClient.ProduceVersion);
                if (TopicClient.AnswerIn(response) is { ErrorCode: ErrorCode.None } answer)
                    acknowledged.Add(answer.BaseOffset, $"{name} {i - Window}");
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return acknowledged;
        }
    }

    /// <summary>The offset; null if it was refused or the connection was closed.</summary>
    private static async Task<long?> TryProduceAsync(KafkaClient client, string value)
    {
        try
        {
            ProduceResponse response = await client.AskAsync(
                TopicClient.RequestFor("orders", value, -1, ProducerId.None, -1, -1), TopicClient.ProduceVersion);
            return TopicClient.AnswerIn(response) is { ErrorCode: ErrorCode.None } answer ? answer.BaseOffset : null;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return null;
        }
    }

    private static async Task TryCreateAsync(KafkaClient client)
    {
        var request = new CreateTopicsRequest { TimeoutMs = 1000 };
        CreateTopicsRequest.CreatableTopic topic = request.Topics.Add();
        topic.Name = "another";
        (topic.NumPartitions, topic.ReplicationFactor) = (1, 1);
        try
        {
            await client.AskAsync(request, 7);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // The broker ended before it could answer.
        }
    }
}
