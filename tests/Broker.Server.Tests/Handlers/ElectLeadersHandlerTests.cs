using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Elections;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class ElectLeadersHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Each_named_partition_is_answered_for_itself(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 3);
        _bench.Elections.Outcome = id => id.Index switch
        {
            0 => ElectionOutcome.Elected,
            1 => ElectionOutcome.NotNeeded,
            _ => ElectionOutcome.PreferredNotAvailable,
        };

        ElectLeadersResponse response = await _bench.AskAsync(Request(("orders", [0, 1, 2])), version);

        Assert.Equal([0, 1, 2], _bench.Elections.Asked.Select(id => id.Index));
        Assert.All(_bench.Elections.Asked, id => Assert.Equal(topic.Id, id.Topic));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.ElectionNotNeeded, ErrorCode.PreferredLeaderNotAvailable],
            Assert.Single(response.ReplicaElectionResults).PartitionResult.Select(result => result.ErrorCode));
    }

    [Theory]
    [InlineData(ElectionOutcome.NotLeader, ErrorCode.NotLeaderOrFollower)]
    [InlineData(ElectionOutcome.TimedOut, ErrorCode.RequestTimedOut)]
    [InlineData(ElectionOutcome.UnknownPartition, ErrorCode.UnknownTopicOrPartition)]
    public async Task What_did_not_happen_is_told_with_words(ElectionOutcome outcome, ErrorCode code)
    {
        _bench.Elections.Outcome = _ => outcome;
        ElectLeadersResponse response = await _bench.AskAsync(Request(("nothing", [7])), 2);
        ElectLeadersResponse.PartitionResultPart result =
            Assert.Single(Assert.Single(response.ReplicaElectionResults).PartitionResult);
        Assert.Equal((7, code), (result.PartitionId, result.ErrorCode));
        Assert.False(string.IsNullOrEmpty(result.ErrorMessage));
    }

    [Fact]
    public async Task Without_names_all_partitions_are_meant_and_those_that_need_nothing_are_not_told()
    {
        _bench.Cluster.AddTopic("orders", 2);
        _bench.Cluster.AddTopic("payments", 1);
        _bench.Elections.Outcome = id => id.Index == 1 ? ElectionOutcome.Elected : ElectionOutcome.NotNeeded;

        ElectLeadersResponse response = await _bench.AskAsync(new ElectLeadersRequest { TopicPartitions = null }, 2);

        Assert.Equal(3, _bench.Elections.Asked.Count);
        Assert.Equal("orders", Assert.Single(response.ReplicaElectionResults).Topic);
        Assert.Equal(1, Assert.Single(response.ReplicaElectionResults[0].PartitionResult).PartitionId);
    }

    [Fact]
    public async Task An_unclean_election_is_refused_and_nobody_is_asked()
    {
        _bench.Cluster.AddTopic("orders", 1);
        ElectLeadersRequest request = Request(("orders", [0]));
        request.ElectionType = 1;

        ElectLeadersResponse response = await _bench.AskAsync(request, 2);

        Assert.Empty(_bench.Elections.Asked);
        Assert.Equal(ErrorCode.InvalidRequest, response.ErrorCode);
        ElectLeadersResponse.PartitionResultPart result = response.ReplicaElectionResults[0].PartitionResult[0];
        Assert.Equal(ErrorCode.InvalidRequest, result.ErrorCode);
        Assert.Contains("acknowledged records", result.ErrorMessage);
    }

    private static ElectLeadersRequest Request(params (string Topic, int[] Partitions)[] named)
    {
        var request = new ElectLeadersRequest { TopicPartitions = new() };
        foreach ((string topic, int[] partitions) in named)
        {
            ElectLeadersRequest.TopicPartitionsPart part = request.TopicPartitions.Add();
            part.Topic = topic;
            part.Partitions.AddRange(partitions);
        }

        return request;
    }
}
