using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;
using Asked = Broker.Protocol.Messages.ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics;

namespace Broker.Server.Tests.Handlers;

/// <summary>AlterPartitionReassignments and ListPartitionReassignments.</summary>
public sealed class ReassignmentHandlersTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Wishes_and_cancellations_are_passed_on_partition_by_partition()
    {
        var request = new AlterPartitionReassignmentsRequest { TimeoutMs = 1000 };
        Add(request, "a", 0, [3, 1, 2]);
        Add(request, "b", 4, null);
        AlterPartitionReassignmentsResponse response = await _bench.AskAsync(request, 0);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(["a", "b"], response.Responses.Select(topic => topic.Name));
        Assert.Equal((4, ErrorCode.None), Told(response, 1));
        Assert.Equal(("a", 0), (_bench.Controller.Moved[0].Topic, _bench.Controller.Moved[0].Partition));
        Assert.Equal([new BrokerId(3), new BrokerId(1), new BrokerId(2)], _bench.Controller.Moved[0].Replicas!.Value);
        Assert.Equal(("b", 4), (_bench.Controller.Moved[1].Topic, _bench.Controller.Moved[1].Partition));
        Assert.Null(_bench.Controller.Moved[1].Replicas);
    }

    [Theory]
    [InlineData(RefusalReason.InvalidReplicaAssignment, ErrorCode.InvalidReplicaAssignment)]
    [InlineData(RefusalReason.NoReassignmentInProgress, ErrorCode.NoReassignmentInProgress)]
    [InlineData(RefusalReason.UnknownTopic, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(RefusalReason.LevelTooOld, ErrorCode.UnsupportedVersion)]
    public async Task A_refusal_is_passed_on_with_its_code_and_words(RefusalReason reason, ErrorCode code)
    {
        _bench.Controller.Fault = ControllerFault.Refused;
        _bench.Controller.Refusal = new Refusal(reason, "because");
        var request = new AlterPartitionReassignmentsRequest();
        Add(request, "a", 0, [1]);
        AlterPartitionReassignmentsResponse response = await _bench.AskAsync(request, 0);
        Assert.Equal((0, code), Told(response, 0));
        Assert.Equal("because", response.Responses[0].Partitions[0].ErrorMessage);
    }

    [Fact]
    public async Task A_partition_that_is_named_twice_is_refused_and_the_others_are_not()
    {
        var request = new AlterPartitionReassignmentsRequest();
        Add(request, "a", 0, [1]);
        Add(request, "b", 0, [1]);
        Add(request, "a", 0, [2]);
        AlterPartitionReassignmentsResponse response = await _bench.AskAsync(request, 0);
        Assert.Equal((0, ErrorCode.InvalidRequest), Told(response, 0));
        Assert.Equal((0, ErrorCode.None), Told(response, 1));
        Assert.Equal((0, ErrorCode.InvalidRequest), Told(response, 2));
        Assert.Equal("b", Assert.Single(_bench.Controller.Moved).Topic);
    }

    [Fact]
    public async Task What_moves_is_listed_with_who_comes_and_who_goes()
    {
        Move("orders", 1, 3, 1, 4);
        _bench.Cluster.AddTopic("quiet", 1);
        ListPartitionReassignmentsResponse response =
            await _bench.AskAsync(new ListPartitionReassignmentsRequest { Topics = null }, 0);
        ListPartitionReassignmentsResponse.OngoingTopicReassignment topic = Assert.Single(response.Topics);
        ListPartitionReassignmentsResponse.OngoingPartitionReassignment move = Assert.Single(topic.Partitions);
        Assert.Equal(("orders", 1), (topic.Name, move.PartitionIndex));
        Assert.Equal([new BrokerId(3), new BrokerId(1), new BrokerId(4), new BrokerId(2)], move.Replicas);
        Assert.Equal([new BrokerId(4)], move.AddingReplicas);
        Assert.Equal([new BrokerId(2)], move.RemovingReplicas);
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_listed_and_what_is_not_there_is_left_out()
    {
        Move("orders", 1, 3, 1, 4);
        var request = new ListPartitionReassignmentsRequest { Topics = [] };
        Assert.Empty((await _bench.AskAsync(request, 0)).Topics);
        request.Topics.Add(new Asked { Name = "missing", PartitionIndexes = { 0 } });
        request.Topics.Add(new Asked { Name = "orders", PartitionIndexes = { 0, 9, -1 } });
        Assert.Empty((await _bench.AskAsync(request, 0)).Topics);
        request.Topics.Add(new Asked { Name = "orders", PartitionIndexes = { 1 } });
        Assert.Single((await _bench.AskAsync(request, 0)).Topics);
    }

    [Fact]
    public async Task Without_a_metadata_leader_no_old_list_is_given()
    {
        _bench.Cluster.CanBarrier = false;
        ListPartitionReassignmentsResponse response = await _bench.AskAsync(new ListPartitionReassignmentsRequest(), 0);
        Assert.Equal(ErrorCode.RequestTimedOut, response.ErrorCode);
        Assert.NotEmpty(response.ErrorMessage!);
    }

    private static (int Partition, ErrorCode Code) Told(AlterPartitionReassignmentsResponse response, int topic)
    {
        AlterPartitionReassignmentsResponse.ReassignablePartitionResponse told =
            Assert.Single(response.Responses[topic].Partitions);
        return (told.PartitionIndex, told.ErrorCode);
    }

    private static void Add(AlterPartitionReassignmentsRequest request, string topic, int partition, int[]? replicas)
    {
        AlterPartitionReassignmentsRequest.ReassignableTopic entry = request.Topics.Add();
        entry.Name = topic;
        AlterPartitionReassignmentsRequest.ReassignablePartition added = entry.Partitions.Add();
        added.PartitionIndex = partition;
        added.Replicas = replicas is null ? null : [.. replicas.Select(id => new BrokerId(id))];
    }

    private void Move(string name, int partition, params int[] replicas)
    {
        TopicImage topic = _bench.Cluster.AddTopic(name, 2);
        ImmutableArray<BrokerId> target = [.. replicas.Select(id => new BrokerId(id))];
        _bench.Cluster.Apply(new PartitionsReassigned([new PartitionTarget(topic.Id, partition, target)]));
    }
}
