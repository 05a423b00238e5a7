using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Raft;
using Broker.Replication;
using Xunit;
using Members = Broker.Raft.Configuration;

namespace Broker.Server.Tests.Handlers;

/// <summary>DescribeQuorum of partitions: Kafka's fields, and the tagged ones that are ours.</summary>
public sealed class PartitionQuorumTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);

    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_leader_tells_of_all_members(short version)
    {
        _bench.Partitions.Host(_bench.Cluster.AddTopic("orders", 1), 0).View = View(RaftRole.Leader);
        DescribeQuorumResponse.PartitionData told = await AskAsync("orders", 0, version);
        Assert.Equal((ErrorCode.None, 1, 7), (told.ErrorCode, told.LeaderId.Value, told.LeaderEpoch));
        Assert.Equal(40, told.HighWatermark);
        Assert.Equal(
            [(1, 50L), (2, 45L)], told.CurrentVoters.Select(each => (each.ReplicaId.Value, each.LogEndOffset)));
        Assert.Equal([(3, -1L)], told.Observers.Select(each => (each.ReplicaId.Value, each.LogEndOffset)));
        long now = Now.ToUnixTimeMilliseconds();
        Assert.Equal(version >= 1 ? now - 120 : -1, told.CurrentVoters[1].LastFetchTimestamp);
        Assert.Equal(version >= 1 ? now : -1, told.CurrentVoters[0].LastCaughtUpTimestamp);
        Assert.Equal(-1, told.Observers[0].LastCaughtUpTimestamp);

        DescribeQuorumResponse.RaftState raft = told.Raft!;
        Assert.Equal(("leader", 3L, 60L, 55L), (raft.Role, raft.FirstIndex, raft.LastIndex, raft.CommitIndex));
        Assert.Equal([new BrokerId(1), new BrokerId(2)], raft.Voters);
        Assert.Equal([new BrokerId(3)], raft.Learners);
        Assert.Empty(raft.Outgoing);
        Assert.Equal(("replicate", 57L, 120L, true), FollowerOf(raft, 0));
        Assert.Equal(("stranded", 0L, -1L, false), FollowerOf(raft, 1));
        Assert.Equal((7, "processGone"), (raft.Elections[0].Term, raft.Elections[0].Reason));
        Assert.Equal((6, ""), (raft.Elections[1].Term, raft.Elections[1].Reason));
    }

    [Fact]
    public async Task Who_does_not_lead_names_the_leader_and_tells_of_its_own_replica()
    {
        GroupView view = View(RaftRole.Follower);
        _bench.Partitions.Host(_bench.Cluster.AddTopic("orders", 1), 0).View = view with
        {
            Status = view.Status with { Leader = new BrokerId(2), IsDamaged = true, Abstains = true },
            Followers = [],
        };
        DescribeQuorumResponse.PartitionData told = await AskAsync("orders", 0, 2);
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 2, 7), (told.ErrorCode, told.LeaderId.Value, told.LeaderEpoch));
        Assert.Contains("ask broker 2", told.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(told.CurrentVoters);
        Assert.Equal(("follower", true, true), (told.Raft!.Role, told.Raft.Damaged, told.Raft.Abstains));
    }

    [Fact]
    public async Task Who_has_no_replica_names_the_leader_alone()
    {
        _bench.Cluster.AddTopic("orders", 1);
        DescribeQuorumResponse.PartitionData told = await AskAsync("orders", 0, 2);
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 1, 5), (told.ErrorCode, told.LeaderId.Value, told.LeaderEpoch));
        Assert.Null(told.Raft);
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_is_refused()
    {
        _bench.Cluster.AddTopic("orders", 1);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync("orders", 1, 2)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync("others", 0, 2)).ErrorCode);
    }

    private static (string State, long Match, long HeardMs, bool InSync) FollowerOf(
        DescribeQuorumResponse.RaftState raft, int place) => (
        raft.Followers[place].State,
        raft.Followers[place].MatchIndex,
        raft.Followers[place].HeardMs,
        raft.Followers[place].InSync);

    private static GroupView View(RaftRole role) => new()
    {
        At = Now,
        Status = new ReplicaStatus
        {
            Role = role,
            Term = new Term(7),
            Leader = new BrokerId(1),
            Configuration = Members.Of(VoterSet.Of(new BrokerId(1), new BrokerId(2)), new BrokerId(3)),
        },
        FirstIndex = new LogIndex(3),
        LastIndex = new LogIndex(60),
        FlushedIndex = new LogIndex(60),
        CommitIndex = new LogIndex(55),
        LogStart = new Offset(2),
        NextOffset = new Offset(50),
        HighWatermark = new Offset(40),
        IsAsleep = false,
        LogStartHolder = BrokerId.None,
        Followers =
        [
            Follower(2, ProgressState.Replicate, 57, new Offset(45), TimeSpan.FromMilliseconds(120)),
            Follower(3, ProgressState.Stranded, 0, null, null),
        ],
        Elections =
        [
            new ElectionRecord(default, new Term(7), new BrokerId(1), Now, CampaignReason.ProcessGone),
            new ElectionRecord(default, new Term(6), new BrokerId(2), Now, CampaignReason.None),
        ],
    };

    private static FollowerView Follower(int broker, ProgressState state, long match, Offset? end, TimeSpan? heard) =>
        new(
            new ReplicaProgress(new BrokerId(broker), state, new LogIndex(match), new LogIndex(match + 1), 0, 0, false),
            end,
            heard,
            heard,
            state == ProgressState.Replicate,
            false);

    private async Task<DescribeQuorumResponse.PartitionData> AskAsync(string topic, int partition, short version)
    {
        var request = new DescribeQuorumRequest();
        DescribeQuorumRequest.TopicData data = request.Topics.Add();
        data.TopicName = topic;
        data.Partitions.Add().PartitionIndex = partition;
        return (await _bench.AskAsync(request, version)).Topics[0].Partitions[0];
    }
}
