using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

public sealed class RebalanceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly GroupUnderTest _test = new();

    [Fact]
    public void A_new_group_waits_for_newcomers_as_long_as_they_come()
    {
        Answer<JoinAnswer> first = _test.Join();
        _test.Pass(2 * Second);
        _test.Join();
        _test.Pass(2 * Second);
        Assert.False(first.IsThere);
        _test.Pass(2 * Second);
        Assert.Equal((1, 2), (first.Value.Generation, first.Value.Members.Count));
    }

    [Fact]
    public void A_new_group_waits_no_longer_than_a_rebalance_may_take()
    {
        Answer<JoinAnswer> first = _test.Join();
        for (int i = 0; i < 30 && !first.IsThere; i++)
        {
            _test.Pass(2 * Second);
            _test.Join();
        }

        Assert.Equal(31, first.Value.Members.Count + 1);
        Assert.Equal(GroupState.PreparingRebalance, _test.Group.State);
    }

    [Fact]
    public void A_group_of_one_is_stable_once_its_assignment_is_durable()
    {
        Answer<JoinAnswer> join = _test.Join();
        _test.PassUntil(() => join.IsThere);
        string id = join.Value.MemberId;
        Answer<SyncAnswer> sync = _test.Sync(id, null, new MemberAssignment(id, GroupUnderTest.Bytes("all")));
        Assert.Equal((GroupState.CompletingRebalance, false), (_test.Group.State, sync.IsThere));

        Assert.True(_test.Group.TryTakeWrite(out GroupWrite write));
        Assert.False(_test.Group.TryTakeWrite(out _));
        Assert.Equal(("g", 1, "consumer", "range", id),
            (write.Metadata.GroupId, write.Metadata.Generation, write.Metadata.ProtocolType,
                write.Metadata.ProtocolName, write.Metadata.LeaderId));
        MemberMetadata member = Assert.Single(write.Metadata.Members);
        Assert.Equal((id, "client", "/127.0.0.1"), (member.MemberId, member.ClientId, member.ClientHost));
        Assert.Equal(
            (GroupUnderTest.Session, GroupUnderTest.Rebalance), (member.SessionTimeout, member.RebalanceTimeout));
        Assert.Equal(("all", "all"),
            (GroupUnderTest.Text(member.Subscription), GroupUnderTest.Text(member.Assignment)));

        _test.Group.Persisted(write.Ticket, ErrorCode.None, _test.Now);
        Assert.Equal(GroupState.Stable, _test.Group.State);
        Assert.Equal(("consumer", "range", "all"),
            (sync.Value.ProtocolType, sync.Value.ProtocolName, GroupUnderTest.Text(sync.Value.Assignment)));
    }

    [Fact]
    public void A_rebalance_waits_for_all_that_were_members_and_goes_on_without_those_that_do_not_come()
    {
        string[] ids = _test.BecomeStable(null, null, null);
        Answer<JoinAnswer> newcomer = _test.Join();
        Answer<JoinAnswer> second = _test.Join(ids[1]);
        _test.PassAlive(GroupUnderTest.Rebalance - (2 * Second), ids[0], ids[2]);
        Assert.False(newcomer.IsThere || second.IsThere);
        _test.PassAlive(2 * Second, ids[0], ids[2]);

        Assert.Equal((2, ids[1]), (second.Value.Generation, second.Value.LeaderId));
        Assert.Equal([ids[1], newcomer.Value.MemberId], second.Value.Members.Select(member => member.MemberId));
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Heartbeat(ids[0]));
    }

    [Fact]
    public void Members_hear_of_a_rebalance_with_their_heartbeats_and_keep_their_sessions()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join();
        _test.PassAlive(20 * Second, ids);
        Assert.Equal(ErrorCode.RebalanceInProgress, _test.Heartbeat(ids[0]));
        Assert.Equal(3, _test.Group.MemberCount);
    }

    [Fact]
    public void A_session_that_ends_takes_its_member_out_and_the_others_into_a_rebalance()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.PassAlive(12 * Second, ids[1]);
        Assert.Equal(ErrorCode.RebalanceInProgress, _test.Heartbeat(ids[1]));
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Heartbeat(ids[0]));
        JoinAnswer alone = _test.Join(ids[1]).Value;
        Assert.Equal((2, ids[1]), (alone.Generation, alone.LeaderId));
    }

    [Fact]
    public void Whoever_waits_for_an_answer_needs_no_heartbeats_and_has_a_whole_session_afterwards()
    {
        string[] ids = _test.BecomeStable(null, null);
        Answer<JoinAnswer> waiting = _test.Join(ids[0]);
        _test.PassAlive(30 * Second, ids[1]);
        _test.Join(ids[1]);
        Assert.Equal(2, waiting.Value.Generation);
        _test.Pass(GroupUnderTest.Session - Second);
        Assert.Equal((GroupState.CompletingRebalance, 2), (_test.Group.State, _test.Group.MemberCount));
    }

    [Fact]
    public void Whoever_is_answered_because_anothers_session_ends_is_not_taken_out_at_the_same_moment()
    {
        string[] ids = _test.BecomeStable(null, null);
        Answer<JoinAnswer> waiting = _test.Join(ids[1], protocols: "range:new");
        _test.Pass(GroupUnderTest.Session);
        Assert.Equal((2, 1), (waiting.Value.Generation, waiting.Value.Members.Count));
        Assert.Equal(ErrorCode.None, _test.Heartbeat(ids[1]));
    }

    [Fact]
    public void A_newcomer_waits_five_minutes_for_its_first_generation()
    {
        JoinAsk slow = GroupUnderTest.Ask() with { RebalanceTimeout = TimeSpan.FromMinutes(20) };
        Answer<JoinAnswer> first = _test.Join(slow);
        _test.PassUntil(() => first.IsThere);
        _test.SyncAll([first.Value.MemberId], [null]);
        Answer<JoinAnswer> newcomer = _test.Join();
        _test.PassAlive(TimeSpan.FromMinutes(5) - (2 * Second), first.Value.MemberId);
        Assert.False(newcomer.IsThere);
        _test.PassAlive(2 * Second, first.Value.MemberId);
        Assert.Equal((ErrorCode.UnknownMemberId, ""), (newcomer.Value.Error, newcomer.Value.MemberId));
    }

    [Fact]
    public void Who_joins_and_never_asks_for_an_assignment_is_taken_out()
    {
        string[] ids = _test.BecomeStable(null, null);
        Answer<JoinAnswer>[] joins = [_test.Join(ids[0]), _test.Join(ids[1])];
        Assert.All(joins, join => Assert.Equal(2, join.Value.Generation));
        Answer<SyncAnswer> sync = _test.Sync(ids[1]);
        _test.PassAlive(GroupUnderTest.Rebalance, ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, sync.Value.Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Heartbeat(ids[0]));
        Assert.Equal(ids[1], _test.Join(ids[1]).Value.LeaderId);
    }

    [Fact]
    public void Who_asks_for_its_assignment_late_gets_it_all_the_same()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        _test.Join(ids[1]);
        Answer<SyncAnswer> leader = _test.Sync(ids[0], null, new MemberAssignment(ids[1], GroupUnderTest.Bytes("2")));
        _test.Write();
        Assert.True(leader.Value.Assignment.IsEmpty);
        Assert.Equal("2", GroupUnderTest.Text(_test.Sync(ids[1]).Value.Assignment));
    }

    [Fact]
    public void A_newcomer_breaks_off_a_rebalance_that_waits_for_assignments()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        _test.Join(ids[1]);
        Answer<SyncAnswer> sync = _test.Sync(ids[1]);
        Answer<SyncAnswer> leader = _test.Sync(ids[0], null, new MemberAssignment(ids[1], GroupUnderTest.Bytes("2")));
        _test.Join();
        Assert.Equal(ErrorCode.RebalanceInProgress, sync.Value.Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, leader.Value.Error);

        // What was on its way to the disk means nothing any more.
        _test.Write();
        Assert.Equal(GroupState.PreparingRebalance, _test.Group.State);
    }

    [Fact]
    public void An_assignment_that_could_not_be_written_is_not_told_and_all_join_again()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        _test.Join(ids[1]);
        Answer<SyncAnswer> leader = _test.Sync(ids[0], null, new MemberAssignment(ids[0], GroupUnderTest.Bytes("1")));
        Answer<SyncAnswer> other = _test.Sync(ids[1]);
        _test.Write(ErrorCode.CoordinatorNotAvailable);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, leader.Value.Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, other.Value.Error);
        Assert.Equal((GroupState.PreparingRebalance, 2), (_test.Group.State, _test.Group.Generation));
        _test.Join(ids[0]);
        Assert.Equal(3, _test.Join(ids[1]).Value.Generation);
    }

    [Fact]
    public void A_leader_that_asks_twice_does_not_change_what_is_on_its_way_to_the_disk()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        _test.Join(ids[1]);
        Answer<SyncAnswer> first = _test.Sync(ids[0], null, new MemberAssignment(ids[0], GroupUnderTest.Bytes("1")));
        Answer<SyncAnswer> second = _test.Sync(ids[0], null, new MemberAssignment(ids[0], GroupUnderTest.Bytes("2")));
        Assert.Equal(ErrorCode.RebalanceInProgress, first.Value.Error);
        int before = _test.Log.Count;
        _test.Write();
        Assert.Equal(1, _test.Log.Count - before);
        Assert.Equal("1", GroupUnderTest.Text(second.Value.Assignment));
    }

    [Fact]
    public void When_the_last_member_is_gone_the_group_is_empty_in_a_generation_of_its_own()
    {
        string[] ids = _test.BecomeStable((string?)null);
        Assert.Equal(ErrorCode.None, _test.Leave(ids[0]));
        Assert.Equal((GroupState.Empty, 2, true), (_test.Group.State, _test.Group.Generation, _test.Group.IsIdle));
        _test.Write();
        GroupMetadata last = _test.Log[^1].Metadata;
        Assert.Equal((2, "consumer"), (last.Generation, last.ProtocolType));
        Assert.Null(last.ProtocolName ?? last.LeaderId);
        Assert.Empty(last.Members);
    }

    [Fact]
    public void A_rebalance_waits_for_those_that_have_got_an_id_too()
    {
        string[] ids = _test.BecomeStable(null, null);
        string promised = _test.Join(GroupUnderTest.Ask() with { RequiresKnownMember = true }).Value.MemberId;
        Answer<JoinAnswer> first = _test.Join(ids[0]);
        _test.Join(ids[1]);
        Assert.False(first.IsThere);
        _test.Join(promised);
        Assert.Equal(3, first.Value.Members.Count);
    }
}
