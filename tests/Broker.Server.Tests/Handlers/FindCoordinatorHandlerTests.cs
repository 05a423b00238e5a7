using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class FindCoordinatorHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_leader_of_its_partition_coordinates_a_group(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic(InternalTopics.ConsumerOffsets, 50);
        _bench.Cluster.Overlay(topic, 47, leader: 3, epoch: 9);
        FindCoordinatorResponse response = await _bench.AskAsync(new FindCoordinatorRequest { Key = "group" }, version);
        Assert.Equal((ErrorCode.None, 3), (response.ErrorCode, response.NodeId.Value));
        Assert.Equal(("broker-3", 9092), (response.Host, response.Port));
        Assert.Empty(_bench.Controller.Wishes);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Many_groups_have_each_a_coordinator_of_their_own(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic(InternalTopics.ConsumerOffsets, 50);
        _bench.Cluster.Overlay(topic, 0, leader: 2, epoch: 9);
        var request = new FindCoordinatorRequest();
        request.CoordinatorKeys.AddRange(["group", "polygenelubricants"]);
        FindCoordinatorResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(["group", "polygenelubricants"], response.Coordinators.Select(each => each.Key));
        Assert.Equal([1, 2], response.Coordinators.Select(each => each.NodeId.Value));
        Assert.All(response.Coordinators, each => Assert.Equal(ErrorCode.None, each.ErrorCode));
    }

    [Fact]
    public async Task The_first_who_asks_has_the_topic_created()
    {
        FindCoordinatorResponse response = await _bench.AskAsync(new FindCoordinatorRequest { Key = "group" }, 3);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), (response.ErrorCode, response.NodeId.Value));
        TopicWish wish = Assert.Single(_bench.Controller.Wishes);
        Assert.Equal(("__consumer_offsets", 50, 3), (wish.Name, wish.Partitions, wish.ReplicationFactor));
        Assert.Contains(new("cleanup.policy", "compact"), wish.Configs);
    }

    [Fact]
    public async Task Why_it_could_not_be_created_is_said_and_what_helps()
    {
        (_bench.Controller.Fault, _bench.Controller.Refusal) = (
            ControllerFault.Refused, new Refusal(RefusalReason.InvalidReplicationFactor, "Too few brokers."));
        FindCoordinatorResponse response = await _bench.AskAsync(new FindCoordinatorRequest { Key = "group" }, 3);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, response.ErrorCode);
        Assert.Equal(
            "Too few brokers. Start more brokers, or lower offsets.topic.replication.factor.", response.ErrorMessage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Transactions_have_no_coordinator(short version)
    {
        var request = new FindCoordinatorRequest { Key = version < 4 ? "txn" : "", KeyType = 1 };
        if (version >= 4)
            request.CoordinatorKeys.Add("txn");
        FindCoordinatorResponse response = await _bench.AskAsync(request, version);
        ErrorCode error = version < 4 ? response.ErrorCode : Assert.Single(response.Coordinators).ErrorCode;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, error);
        Assert.Empty(_bench.Controller.Wishes);
    }

    [Fact]
    public async Task Without_a_leader_there_is_no_coordinator()
    {
        _bench.Cluster.AddTopic(InternalTopics.ConsumerOffsets, 50);
        _bench.Cluster.Kill(1);
        FindCoordinatorResponse response = await _bench.AskAsync(new FindCoordinatorRequest { Key = "group" }, 3);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), (response.ErrorCode, response.NodeId.Value));
    }
}
