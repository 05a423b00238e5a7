using Broker.Model;
using Broker.Protocol;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Xunit;

namespace Broker.Server.Tests.Groups;

public sealed class GroupCoordinatorTests : IDisposable
{
    private static readonly TopicPartition Orders = new("orders", 0);

    private readonly CoordinatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_commit_is_answered_when_it_is_committed_and_not_before()
    {
        _bench.Group.Lead(1);
        Task<ErrorCode> answer = _bench.CommitAsync("g", 5);
        _bench.Group.TakeProposals();
        Assert.False(answer.IsCompleted);
        Assert.Equal(-1, await _bench.FetchAsync("g"));

        _bench.Group.CommitAll();

        Assert.Equal(ErrorCode.None, await answer);
        Assert.Equal(5, await _bench.FetchAsync("g"));
    }

    [Fact]
    public async Task All_offsets_of_a_request_are_one_entry()
    {
        _bench.Group.Lead(1);
        LogIndex before = _bench.Group.LastIndex;
        Task<ErrorCode> answer = _bench.Coordinator.CommitAsync("g", new MemberClaim("", null, -1), [.. Enumerable
            .Range(0, 20).Select(i => new OffsetRecord(
                "g", new TopicPartition("orders", i), new CommittedOffset(i, -1, "", 1)))]);
        _bench.Group.TakeProposals();
        _bench.Group.CommitAll();

        Assert.Equal(ErrorCode.None, await answer);
        Assert.Equal(before + 1, _bench.Group.LastIndex);
        Assert.Equal(20, (await _bench.Coordinator.FetchAsync("g", null)).Offsets.Count);
    }

    [Fact]
    public async Task Who_does_not_lead_is_no_coordinator()
    {
        Assert.Equal(ErrorCode.NotCoordinator, await _bench.CommitAsync("g", 5));
        Assert.Equal(ErrorCode.NotCoordinator, (await _bench.Coordinator.FetchAsync("g", [Orders])).Error);
    }

    [Fact]
    public async Task Lesson_1_a_leader_without_a_committed_entry_of_its_term_is_loading()
    {
        _bench.Group.Lead(1);
        await _bench.StoreAsync("g", 5);
        _bench.Group.Lead(2, ready: false);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await _bench.CommitAsync("g", 6));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await _bench.Coordinator.FetchAsync("g", [Orders])).Error);

        _bench.Group.CommitAll();
        Assert.Equal(5, await _bench.FetchAsync("g"));
    }

    [Fact]
    public async Task Who_leads_no_more_without_knowing_shows_no_offsets()
    {
        _bench.Group.Lead(1);
        await _bench.StoreAsync("g", 5);
        _bench.Group.IsCutOff = true;
        Assert.Equal(ErrorCode.NotCoordinator, (await _bench.Coordinator.FetchAsync("g", [Orders])).Error);
    }

    [Fact]
    public async Task A_decision_of_an_earlier_term_is_not_written_in_a_later_one()
    {
        _bench.Group.Lead(1);
        Task<ErrorCode> answer = _bench.CommitAsync("g", 5);
        _bench.Group.Lead(2);
        _bench.Group.TakeProposals();
        _bench.Group.CommitAll();
        Assert.Equal(ErrorCode.NotCoordinator, await answer);
        Assert.Equal(-1, await _bench.FetchAsync("g"));
    }

    [Theory]
    [InlineData(ProposalFailure.Unknown, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ProposalFailure.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ProposalFailure.Truncated, ErrorCode.NotCoordinator)]
    public async Task Lesson_9_only_what_is_certain_not_to_be_written_sends_to_another_coordinator(
        ProposalFailure failure, ErrorCode expected)
    {
        _bench.Group.Lead(1);
        Task<ErrorCode> answer = _bench.CommitAsync("g", 5);
        _bench.Group.TakeProposals();
        _bench.Group.Fail(_bench.Group.LastIndex, failure);
        Assert.Equal(expected, await answer);
    }

    [Fact]
    public async Task A_commit_that_takes_too_long_is_answered_as_not_known()
    {
        _bench.Group.Lead(1);
        Task<ErrorCode> answer = _bench.CommitAsync("g", 5);
        _bench.Group.TakeProposals();
        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await answer);
        _bench.Group.CommitAll();
        Assert.Equal(5, await _bench.FetchAsync("g"));
    }

    [Fact]
    public async Task What_is_truncated_is_never_seen()
    {
        _bench.Group.Lead(1);
        await _bench.StoreAsync("g", 5);
        Task<ErrorCode> answer = _bench.CommitAsync("g", 6);
        _bench.Group.TakeProposals();
        _bench.Group.Become(new ReplicaStatus
        {
            Role = RaftRole.Follower,
            Term = new Term(2),
            Leader = new BrokerId(2),
        });
        _bench.Group.TruncateFrom(_bench.Group.LastIndex);
        _bench.Group.Lead(3);

        Assert.Equal(ErrorCode.NotCoordinator, await answer);
        Assert.Equal(5, await _bench.FetchAsync("g"));
    }

    [Fact]
    public async Task A_restart_goes_on_from_the_checkpoint()
    {
        _bench.Group.Lead(1);
        await _bench.StoreAsync("g", 5);
        await _bench.StoreAsync("h", 7, partition: 3);
        byte[] checkpoint = _bench.Group.Checkpoint();

        _bench.RestartFrom(checkpoint);
        _bench.Group.Lead(2);

        Assert.Equal(5, await _bench.FetchAsync("g"));
        Assert.Equal(7, await _bench.FetchAsync("h", partition: 3));
    }

    [Fact]
    public async Task A_topic_that_is_created_again_begins_without_offsets()
    {
        _bench.Group.Lead(1);
        await _bench.StoreAsync("g", 5);
        _bench.Coordinator.Forget((table, _) => OffsetExpiry.Of(table, topic => topic == "orders"));
        _bench.Group.TakeProposals();
        _bench.Group.CommitAll();
        Assert.Equal(-1, await _bench.FetchAsync("g"));
    }

    [Fact]
    public async Task Who_claims_to_be_a_member_of_a_group_that_has_none_is_not_known()
    {
        _bench.Group.Lead(1);
        ErrorCode answer = await _bench.Coordinator.CommitAsync("g", new MemberClaim("m", null, 3), []);
        Assert.NotEqual(ErrorCode.None, answer);
    }
}
