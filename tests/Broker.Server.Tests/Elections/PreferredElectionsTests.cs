using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Tests.Node;
using Xunit;

namespace Broker.Server.Tests.Elections;

/// <summary>ElectLeaders asked of whole brokers, over their connections.</summary>
public sealed class PreferredElectionsTests
{
    private const string Topic = "orders";

    [Fact]
    public async Task Any_broker_gives_the_leaders_back_that_an_orderly_stop_moved()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(3, "--auto.leader.rebalance.enable=false");
        await cluster.CreateTopicAsync(Topic, partitions: 6, replicas: 3, minInSync: 2);
        NodeUnderTest first = cluster.Nodes[0];
        Assert.Equal(ErrorCode.ElectionNotNeeded, Assert.Single(await ElectAsync(first, 0)));

        await first.StopAsync();
        int[] moved = [.. Indexes(cluster, partition => partition.Replicas[0] == first.Id)];
        Assert.Equal(2, moved.Length);
        ErrorCode[] whileDown = await ElectAsync(cluster.Nodes[1], moved);
        Assert.All(whileDown, code => Assert.Equal(ErrorCode.PreferredLeaderNotAvailable, code));

        first.Start();
        await first.Current!.Ready;
        await NodeCluster.UntilAsync(
            () => !Indexes(cluster, partition => partition.InSync.Length < 3).Any(), "all are in sync again");
        Assert.Equal([ErrorCode.UnknownTopicOrPartition], await ElectAsync(cluster.Nodes[2], 77));
        await UntilElectedAsync(cluster.Nodes[2], moved);
        ClusterImage image = cluster.Nodes[2].Current!.Cluster!.Image;
        Assert.All(moved, index => Assert.Equal(
            first.Id, cluster.Nodes[2].Current!.Cluster!.LeaderOf(image.FindTopic(Topic)!, index).Leader));
        ErrorCode[] again = await ElectAsync(cluster.Nodes[1], moved);
        Assert.All(again, code => Assert.Equal(ErrorCode.ElectionNotNeeded, code));
    }

    [Fact]
    public async Task Without_anybody_s_wish_leaders_go_back_by_themselves()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(3, "--leader.rebalance.delay.ms=500");
        await cluster.CreateTopicAsync(Topic, partitions: 6, replicas: 3, minInSync: 2);
        await cluster.Nodes[0].StopAsync();
        await NodeCluster.UntilAsync(
            () => Indexes(cluster, partition => partition.Leader != partition.Replicas[0]).Any(), "leaders moved");

        cluster.Nodes[0].Start();

        await NodeCluster.UntilAsync(
            () => !Indexes(cluster, partition => partition.Leader != partition.Replicas[0]).Any(), "all went back");
    }

    // On a busy machine one may miss its election timeout; then there is something left to ask for.
    private static async Task UntilElectedAsync(NodeUnderTest asked, int[] partitions)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        ErrorCode[] answers = await ElectAsync(asked, partitions);
        while (answers.Any(code => code is ErrorCode.PreferredLeaderNotAvailable or ErrorCode.RequestTimedOut))
        {
            Assert.False(limit.IsCancellationRequested, string.Join(", ", answers));
            answers = await ElectAsync(asked, partitions);
        }

        Assert.All(answers, code => Assert.True(code is ErrorCode.None or ErrorCode.ElectionNotNeeded, $"{code}"));
    }

    private static IEnumerable<int> Indexes(NodeCluster cluster, Func<PartitionImage, bool> which)
    {
        PartitionTable partitions = cluster.Topic(Topic)!.Partitions;
        return Enumerable.Range(0, partitions.Count).Where(index => which(partitions[index]));
    }

    private static async Task<ErrorCode[]> ElectAsync(NodeUnderTest asked, params int[] partitions)
    {
        var request = new ElectLeadersRequest { TimeoutMs = 20_000, TopicPartitions = new() };
        ElectLeadersRequest.TopicPartitionsPart part = request.TopicPartitions.Add();
        part.Topic = Topic;
        part.Partitions.AddRange(partitions);
        using KafkaClient client = await KafkaClient.ConnectAsync(asked.Address);
        ElectLeadersResponse response = await client.AskAsync(request, 2);
        return [.. Assert.Single(response.ReplicaElectionResults).PartitionResult.Select(result => result.ErrorCode)];
    }
}
