using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Reading;
using Broker.Server.Reconciliation;
using Broker.Server.Tests.Partitions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Handlers.Groups;

/// <summary>The APIs of groups, over a coordinator whose log the test owns.</summary>
public sealed class GroupHandlersTests : IDisposable
{
    private readonly HandlerBench _bench = new(
        "--group.initial.rebalance.delay.ms=0", "--offset.metadata.max.bytes=10");

    private readonly ScriptedGroup _log = new();
    private readonly DiskReads _diskReads = new(new ThreadScheduler(), 1);

    public GroupHandlersTests()
    {
        _bench.Cluster.AddTopic("orders", 2);
        var id = new PartitionId(_bench.Cluster.AddTopic(InternalTopics.ConsumerOffsets, 1).Id, 0);
        var partition = new Partition(
            id,
            TopicSettings.Default,
            new PartitionResources
            {
                Proposals = new ProduceProposalPool(_bench.Deadlines),
                DiskReads = _diskReads,
                HasLostMajority = _ => false,
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            },
            _ => { });
        var assignment = new ReplicaAssignment(
            id, InternalTopics.ConsumerOffsets, [new BrokerId(1)], true, TopicSettings.Default, false);
        _log.Serve(partition, _bench.Services.Groups.MachineOf(assignment, partition));
    }

    public void Dispose()
    {
        _bench.Dispose();
        _log.Dispose();
        _diskReads.Dispose();
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 5)]
    [InlineData(8, 7)]
    [InlineData(9, 8)]
    [InlineData(9, 9)]
    public async Task What_is_committed_is_fetched(short commitVersion, short fetchVersion)
    {
        _log.Lead(1);
        OffsetCommitRequest commit = CommitOf("g", 0, 42, "note");
        commit.Topics[0].Partitions[0].CommittedLeaderEpoch = commitVersion >= 6 ? 7 : -1;
        OffsetCommitResponse committed = await AskAsync(commit, commitVersion);
        Assert.Equal(ErrorCode.None, Assert.Single(Assert.Single(committed.Topics).Partitions).ErrorCode);

        (long offset, int epoch, string? metadata) = await FetchAsync("g", 0, fetchVersion);
        Assert.Equal((42, "note"), (offset, metadata));
        Assert.Equal(commitVersion >= 6 && fetchVersion >= 5 ? 7 : -1, epoch);
        Assert.Equal((-1, -1, ""), await FetchAsync("g", 1, fetchVersion));
    }

    [Fact]
    public async Task All_that_a_group_has_is_fetched_where_no_topics_are_named()
    {
        _log.Lead(1);
        await AskAsync(CommitOf("g", 0, 1, ""), 8);
        await AskAsync(CommitOf("g", 1, 2, ""), 8);
        OffsetFetchResponse one = await _bench.AskAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, 7);
        Assert.Equal([1, 2], Assert.Single(one.Topics).Partitions.Select(each => each.CommittedOffset));

        var request = new OffsetFetchRequest();
        foreach (string group in (string[])["g", "nobody"])
        {
            OffsetFetchRequest.OffsetFetchRequestGroup wish = request.Groups.Add();
            (wish.GroupId, wish.Topics) = (group, null);
        }

        OffsetFetchResponse many = await _bench.AskAsync(request, 8);
        Assert.Equal(["g", "nobody"], many.Groups.Select(group => group.GroupId));
        Assert.Equal(2, Assert.Single(many.Groups[0].Topics).Partitions.Count);
        Assert.Empty(many.Groups[1].Topics);
    }

    [Fact]
    public async Task What_can_t_be_committed_is_told_and_the_rest_is_committed()
    {
        _log.Lead(1);
        OffsetCommitRequest request = CommitOf("g", 0, 5, "");
        Add(request.Topics[0], 1, 6, "longer than ten");
        Add(request.Topics[0], 2, 7, "");
        OffsetCommitRequest.OffsetCommitRequestTopic other = request.Topics.Add();
        other.Name = "none";
        Add(other, 0, 8, "");

        OffsetCommitResponse response = await AskAsync(request, 8);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.OffsetMetadataTooLarge, ErrorCode.UnknownTopicOrPartition],
            response.Topics[0].Partitions.Select(each => each.ErrorCode));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(response.Topics[1].Partitions).ErrorCode);
        Assert.Equal(5, (await FetchAsync("g", 0, 7)).Offset);
        Assert.Equal(-1, (await FetchAsync("g", 1, 7)).Offset);
    }

    [Fact]
    public async Task Who_does_not_coordinate_says_so()
    {
        OffsetCommitResponse commit = await AskAsync(CommitOf("g", 0, 5, "longer than ten"), 8);
        Assert.Equal(ErrorCode.NotCoordinator, Assert.Single(Assert.Single(commit.Topics).Partitions).ErrorCode);
        OffsetFetchResponse fetch = await _bench.AskAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, 7);
        Assert.Equal(ErrorCode.NotCoordinator, fetch.ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, (await _bench.AskAsync(JoinOf("", 4), 4)).ErrorCode);
        Assert.Empty((await _bench.AskAsync(new ListGroupsRequest(), 4)).Groups);
        var old = new OffsetFetchRequest { GroupId = "g" };
        Wish(old, 0);
        OffsetFetchResponse first = await _bench.AskAsync(old, 1);
        Assert.Equal(ErrorCode.NotCoordinator, Assert.Single(Assert.Single(first.Topics).Partitions).ErrorCode);
    }

    [Fact]
    public async Task A_group_without_a_name_is_none()
    {
        _log.Lead(1);
        JoinGroupRequest join = JoinOf("", 4);
        join.GroupId = "";
        Assert.Equal(ErrorCode.InvalidGroupId, (await _bench.AskAsync(join, 4)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await _bench.AskAsync(new HeartbeatRequest(), 3)).ErrorCode);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3, 1, 2)]
    [InlineData(5, 3, 3)]
    [InlineData(9, 5, 5)]
    public async Task A_member_joins_is_given_work_commits_and_leaves(short join, short sync, short leave)
    {
        _log.Lead(1);
        JoinGroupResponse joined = await JoinAsync(join);
        Assert.Equal((1, joined.MemberId), (joined.GenerationId, joined.Leader));
        Assert.Equal([7], Assert.Single(joined.Members).Metadata.ToArray());

        Task<SyncGroupResponse> syncing = _bench.AskAsync(SyncOf(joined, sync), sync);
        Assert.False(syncing.IsCompleted);
        _log.TakeProposals();
        _log.CommitAll();
        Assert.Equal([9], (await syncing).Assignment.ToArray());

        Assert.Equal(ErrorCode.None, await HeartbeatAsync(joined, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await HeartbeatAsync(joined, 2));
        OffsetCommitRequest commit = CommitOf("g", 0, 3, "");
        (commit.MemberId, commit.GenerationId) = (joined.MemberId, 1);
        OffsetCommitResponse committed = await AskAsync(commit, 8);
        Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
        OffsetCommitResponse foreign = await AskAsync(CommitOf("g", 0, 4, ""), 8);
        Assert.Equal(ErrorCode.UnknownMemberId, foreign.Topics[0].Partitions[0].ErrorCode);
        await CheckShownAsync("Stable", 1);

        LeaveGroupResponse left = await AskAsync(LeaveOf(joined.MemberId, leave), leave);
        Assert.Equal(ErrorCode.None, left.ErrorCode);
        await CheckShownAsync("Empty", 0);
    }

    [Fact]
    public async Task A_member_goes_on_with_the_next_coordinator()
    {
        _log.Lead(1);
        JoinGroupResponse joined = await JoinAsync(5);
        await AskAsync(SyncOf(joined, 3), 3);

        _log.Lead(2);

        Assert.Equal(ErrorCode.None, await HeartbeatAsync(joined, 1));
        SyncGroupResponse again = await _bench.AskAsync(SyncOf(joined, 3), 3);
        Assert.Equal((ErrorCode.None, 9), (again.ErrorCode, again.Assignment.Span[0]));
    }

    [Fact]
    public async Task Whoever_waits_when_a_coordinator_is_none_any_more_is_told()
    {
        _log.Lead(1);
        JoinGroupResponse joined = await JoinAsync(5);
        Task<SyncGroupResponse> syncing = _bench.AskAsync(SyncOf(joined, 3), 3);
        _log.Lead(2, ready: false);
        Assert.Equal(ErrorCode.NotCoordinator, (await syncing).ErrorCode);
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(joined, 1));
        SyncGroupResponse loading = await _bench.AskAsync(SyncOf(joined, 3), 3);
        Assert.Equal(ErrorCode.RebalanceInProgress, loading.ErrorCode);
    }

    [Fact]
    public async Task Groups_and_offsets_are_deleted()
    {
        _log.Lead(1);
        await AskAsync(CommitOf("g", 0, 1, ""), 8);
        await AskAsync(CommitOf("g", 1, 2, ""), 8);
        var offsets = new OffsetDeleteRequest { GroupId = "g" };
        OffsetDeleteRequest.OffsetDeleteRequestTopic topic = offsets.Topics.Add();
        topic.Name = "orders";
        topic.Partitions.Add();
        topic.Partitions.Add().PartitionIndex = 9;
        OffsetDeleteResponse gone = await AskAsync(offsets, 0);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            Assert.Single(gone.Topics).Partitions.Select(each => each.ErrorCode));
        Assert.Equal(-1, (await FetchAsync("g", 0, 7)).Offset);
        Assert.Equal(2, (await FetchAsync("g", 1, 7)).Offset);

        var groups = new DeleteGroupsRequest();
        groups.GroupsNames.AddRange(["g", "nobody"]);
        DeleteGroupsResponse deleted = await AskAsync(groups, 2);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.GroupIdNotFound], deleted.Results.Select(result => result.ErrorCode));
        Assert.Equal(-1, (await FetchAsync("g", 1, 7)).Offset);
        Assert.Empty((await _bench.AskAsync(new ListGroupsRequest(), 4)).Groups);
    }

    [Fact]
    public async Task A_group_with_members_is_not_deleted_nor_are_offsets_that_they_need()
    {
        _log.Lead(1);
        JoinGroupResponse joined = await JoinAsync(5);
        await AskAsync(SyncOf(joined, 3), 3);
        var groups = new DeleteGroupsRequest();
        groups.GroupsNames.Add("g");
        DeleteGroupsResponse refused = await AskAsync(groups, 2);
        Assert.Equal(ErrorCode.NonEmptyGroup, Assert.Single(refused.Results).ErrorCode);

        // What it is subscribed to it has said in a way that nobody knows: it may be anything.
        var offsets = new OffsetDeleteRequest { GroupId = "g" };
        OffsetDeleteRequest.OffsetDeleteRequestTopic topic = offsets.Topics.Add();
        topic.Name = "orders";
        topic.Partitions.Add();
        OffsetDeleteResponse kept = await AskAsync(offsets, 0);
        Assert.Equal(
            ErrorCode.GroupSubscribedToTopic, Assert.Single(Assert.Single(kept.Topics).Partitions).ErrorCode);
    }

    private static OffsetCommitRequest CommitOf(string group, int partition, long offset, string metadata)
    {
        var request = new OffsetCommitRequest { GroupId = group };
        OffsetCommitRequest.OffsetCommitRequestTopic topic = request.Topics.Add();
        topic.Name = "orders";
        Add(topic, partition, offset, metadata);
        return request;
    }

    private static void Add(
        OffsetCommitRequest.OffsetCommitRequestTopic topic, int partition, long offset, string metadata)
    {
        OffsetCommitRequest.OffsetCommitRequestPartition part = topic.Partitions.Add();
        (part.PartitionIndex, part.CommittedOffset, part.CommittedMetadata) = (partition, offset, metadata);
    }

    private static JoinGroupRequest JoinOf(string member, short version)
    {
        var request = new JoinGroupRequest
        {
            GroupId = "g",
            MemberId = member,
            ProtocolType = "consumer",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = version >= 1 ? 60_000 : -1,
        };
        JoinGroupRequest.JoinGroupRequestProtocol protocol = request.Protocols.Add();
        (protocol.Name, protocol.Metadata) = ("range", new byte[] { 7 });
        return request;
    }

    private static SyncGroupRequest SyncOf(JoinGroupResponse joined, short version)
    {
        var request = new SyncGroupRequest
        {
            GroupId = "g",
            MemberId = joined.MemberId,
            GenerationId = joined.GenerationId,
            ProtocolName = version >= 5 ? "range" : null,
        };
        SyncGroupRequest.SyncGroupRequestAssignment assignment = request.Assignments.Add();
        (assignment.MemberId, assignment.Assignment) = (joined.MemberId, new byte[] { 9 });
        return request;
    }

    private static LeaveGroupRequest LeaveOf(string member, short version)
    {
        var request = new LeaveGroupRequest { GroupId = "g", MemberId = version < 3 ? member : "" };
        if (version >= 3)
            request.Members.Add().MemberId = member;
        return request;
    }

    private static void Wish(OffsetFetchRequest request, int partition)
    {
        OffsetFetchRequest.OffsetFetchRequestTopic topic = request.Topics!.Add();
        topic.Name = "orders";
        topic.PartitionIndexes.Add(partition);
    }

    private async Task<JoinGroupResponse> JoinAsync(short version)
    {
        JoinGroupResponse first = await _bench.AskAsync(JoinOf("", version), version);
        if (version < 4)
            return first;
        Assert.Equal(ErrorCode.MemberIdRequired, first.ErrorCode);
        JoinGroupResponse joined = await _bench.AskAsync(JoinOf(first.MemberId, version), version);
        Assert.Equal((ErrorCode.None, first.MemberId), (joined.ErrorCode, joined.MemberId));
        return joined;
    }

    private async Task<ErrorCode> HeartbeatAsync(JoinGroupResponse member, int generation) => (await _bench.AskAsync(
        new HeartbeatRequest { GroupId = "g", MemberId = member.MemberId, GenerationId = generation }, 3)).ErrorCode;

    private async Task CheckShownAsync(string state, int members)
    {
        var request = new DescribeGroupsRequest();
        request.Groups.AddRange(["g", "nobody"]);
        DescribeGroupsResponse described = await _bench.AskAsync(request, 5);
        Assert.Equal([state, "Dead"], described.Groups.Select(group => group.GroupState));
        Assert.Equal(members, described.Groups[0].Members.Count);
        ListGroupsResponse listed = await _bench.AskAsync(new ListGroupsRequest(), 5);
        Assert.Equal(
            ("g", "consumer", state, "classic"),
            (listed.Groups[0].GroupId, listed.Groups[0].ProtocolType, listed.Groups[0].GroupState,
                listed.Groups[0].GroupType));
        var filtered = new ListGroupsRequest();
        filtered.StatesFilter.Add("Dead");
        Assert.Empty((await _bench.AskAsync(filtered, 4)).Groups);
    }

    private async Task<(long Offset, int Epoch, string? Metadata)> FetchAsync(
        string group, int partition, short version)
    {
        var request = new OffsetFetchRequest { GroupId = version < 8 ? group : "" };
        if (version < 8)
        {
            Wish(request, partition);
        }
        else
        {
            OffsetFetchRequest.OffsetFetchRequestGroup wish = request.Groups.Add();
            wish.GroupId = group;
            OffsetFetchRequest.OffsetFetchRequestTopics topic = wish.Topics!.Add();
            topic.Name = "orders";
            topic.PartitionIndexes.Add(partition);
        }

        OffsetFetchResponse response = await _bench.AskAsync(request, version);
        if (version >= 8)
        {
            OffsetFetchResponse.OffsetFetchResponsePartitions many =
                Assert.Single(Assert.Single(Assert.Single(response.Groups).Topics).Partitions);
            return (many.CommittedOffset, many.CommittedLeaderEpoch, many.Metadata);
        }

        OffsetFetchResponse.OffsetFetchResponsePartition one =
            Assert.Single(Assert.Single(response.Topics).Partitions);
        return (one.CommittedOffset, one.CommittedLeaderEpoch, one.Metadata);
    }

    // What the request proposes is taken into the log and committed.
    private async Task<TResponse> AskAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        Task<TResponse> answer = _bench.AskAsync(request, version);
        while (!answer.IsCompleted)
        {
            _log.TakeProposals();
            _log.CommitAll();
            await Task.Yield();
        }

        return await answer;
    }
}
