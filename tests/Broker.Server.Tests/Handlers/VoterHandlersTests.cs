using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>DescribeQuorum, AddRaftVoter and RemoveRaftVoter.</summary>
public sealed class VoterHandlersTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Voters_and_observers_are_told_with_how_far_each_is(short version)
    {
        DescribeQuorumResponse response = await _bench.AskAsync(Asking("__cluster_metadata", 0), version);
        DescribeQuorumResponse.PartitionData quorum = response.Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, quorum.ErrorCode);
        Assert.Equal((2, 7, 100L), (quorum.LeaderId.Value, quorum.LeaderEpoch, quorum.HighWatermark));
        Assert.Equal(
            [(1, 99L), (2, 100L), (3, -1L)],
            quorum.CurrentVoters.Select(voter => (voter.ReplicaId.Value, voter.LogEndOffset)));
        Assert.Equal((4, 98L), (quorum.Observers[0].ReplicaId.Value, quorum.Observers[0].LogEndOffset));
        Guid directory = version >= 2 ? FakeVoters.IncarnationOf(1).Value : default;
        Assert.Equal(directory, quorum.CurrentVoters[0].ReplicaDirectoryId);
        Assert.Equal(version >= 2, response.Nodes.Any(node => node.Listeners[0].Host == "broker-1"));
    }

    [Theory]
    [InlineData("__cluster_metadata", 1)]
    [InlineData("orders", 0)]
    public async Task Nothing_else_can_be_described(string topic, int partition)
    {
        DescribeQuorumResponse response = await _bench.AskAsync(Asking(topic, partition), 2);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Topics[0].Partitions[0].ErrorCode);
        Assert.NotNull(response.Topics[0].Partitions[0].ErrorMessage);
    }

    [Fact]
    public async Task A_voter_is_added_in_the_time_that_was_given_and_one_is_removed()
    {
        AddRaftVoterResponse added = await _bench.AskAsync(
            new AddRaftVoterRequest
            {
                VoterId = new BrokerId(4),
                TimeoutMs = 5000,
                ClusterId = _bench.Cluster.Image.ClusterId.ToString(),
            },
            0);
        RemoveRaftVoterResponse removed =
            await _bench.AskAsync(new RemoveRaftVoterRequest { VoterId = new BrokerId(3) }, 0);
        Assert.Equal((ErrorCode.None, null), (added.ErrorCode, added.ErrorMessage));
        Assert.Equal((ErrorCode.None, null), (removed.ErrorCode, removed.ErrorMessage));
        Assert.Equal(["add 4 in 5", "remove 3"], _bench.Voters.Asked);
    }

    [Theory]
    [InlineData(VoterStatus.AlreadyVotes, ErrorCode.DuplicateVoter)]
    [InlineData(VoterStatus.NoVoter, ErrorCode.VoterNotFound)]
    [InlineData(VoterStatus.Refused, ErrorCode.InvalidRequest)]
    [InlineData(VoterStatus.Unknown, ErrorCode.RequestTimedOut)]
    public async Task Refusals_come_with_the_way_out(VoterStatus status, ErrorCode code)
    {
        _bench.Voters.Outcome = new VoterOutcome(status, "do something else");
        AddRaftVoterResponse added =
            await _bench.AskAsync(new AddRaftVoterRequest { VoterId = new BrokerId(4) }, 0);
        RemoveRaftVoterResponse removed =
            await _bench.AskAsync(new RemoveRaftVoterRequest { VoterId = new BrokerId(4) }, 0);
        Assert.Equal((code, "do something else"), (added.ErrorCode, added.ErrorMessage));
        Assert.Equal((code, "do something else"), (removed.ErrorCode, removed.ErrorMessage));
    }

    [Fact]
    public async Task Another_cluster_or_data_directory_is_refused_before_anything_is_done()
    {
        AddRaftVoterResponse other = await _bench.AskAsync(
            new AddRaftVoterRequest { VoterId = new BrokerId(1), ClusterId = "another" }, 0);
        RemoveRaftVoterResponse lost = await _bench.AskAsync(
            new RemoveRaftVoterRequest { VoterId = new BrokerId(1), VoterDirectoryId = new Guid(9, 9, 9, new byte[8]) },
            0);
        Assert.Equal(ErrorCode.InconsistentClusterId, other.ErrorCode);
        Assert.Equal(ErrorCode.InvalidVoterKey, lost.ErrorCode);
        Assert.Empty(_bench.Voters.Asked);
    }

    private static DescribeQuorumRequest Asking(string topic, int partition)
    {
        var request = new DescribeQuorumRequest();
        DescribeQuorumRequest.TopicData data = request.Topics.Add();
        data.TopicName = topic;
        data.Partitions.Add().PartitionIndex = partition;
        return request;
    }
}
