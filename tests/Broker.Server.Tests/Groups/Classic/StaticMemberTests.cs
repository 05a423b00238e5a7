using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>Members that keep their place over a restart: KIP-345, and KIP-814 for leaders.</summary>
public sealed class StaticMemberTests
{
    private readonly GroupUnderTest _test = new();

    [Fact]
    public void A_member_that_starts_again_keeps_its_assignment_without_a_rebalance()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        Answer<JoinAnswer> join = _test.Join(instance: "i1");
        Assert.False(join.IsThere);
        _test.Write();

        string id = join.Value.MemberId;
        Assert.NotEqual(ids[1], id);
        Assert.Equal((ErrorCode.None, 1, ids[0], false),
            (join.Value.Error, join.Value.Generation, join.Value.LeaderId, join.Value.SkipAssignment));
        Assert.Equal("of " + ids[1], GroupUnderTest.Text(_test.Sync(id, "i1").Value.Assignment));
        Assert.Equal([ids[0], id], _test.Log[^1].Metadata.Members.Select(member => member.MemberId));
        Assert.Equal(ErrorCode.FencedInstanceId, _test.Heartbeat(ids[1], "i1"));
        Assert.Equal(ErrorCode.None, _test.Heartbeat(id, "i1"));
        Assert.Equal(GroupState.Stable, _test.Group.State);
    }

    [Fact]
    public void A_leader_that_starts_again_is_told_to_skip_the_assignment()
    {
        _test.BecomeStable("i1", null);
        Answer<JoinAnswer> join = _test.Join(GroupUnderTest.Ask(instance: "i1") with { CanSkipAssignment = true });
        _test.Write();
        Assert.Equal((true, join.Value.MemberId, 2),
            (join.Value.SkipAssignment, join.Value.LeaderId, join.Value.Members.Count));
    }

    [Fact]
    public void A_leader_that_knows_nothing_of_skipping_is_not_told_that_it_leads()
    {
        string[] ids = _test.BecomeStable("i1", null);
        Answer<JoinAnswer> join = _test.Join(instance: "i1");
        _test.Write();
        Assert.Equal((false, ids[0]), (join.Value.SkipAssignment, join.Value.LeaderId));
        Assert.Empty(join.Value.Members);
        Assert.Equal(join.Value.MemberId, _test.Log[^1].Metadata.LeaderId);
    }

    [Fact]
    public void A_start_that_could_not_be_written_leaves_all_as_it_was()
    {
        string[] ids = _test.BecomeStable("i1", null);
        Answer<JoinAnswer> join = _test.Join(instance: "i1");
        _test.Write(ErrorCode.NotCoordinator);
        Assert.Equal((ErrorCode.NotCoordinator, ""), (join.Value.Error, join.Value.MemberId));
        Assert.Equal(ErrorCode.None, _test.Heartbeat(ids[0], "i1"));
        Assert.Equal(ids[0], _test.Group.Describe().LeaderId);
        Assert.Equal(GroupState.Stable, _test.Group.State);
    }

    [Fact]
    public void A_start_after_another_fences_the_first_one()
    {
        _test.BecomeStable("i1", null);
        Answer<JoinAnswer> first = _test.Join(instance: "i1");
        Answer<JoinAnswer> second = _test.Join(instance: "i1");
        Assert.Equal(ErrorCode.FencedInstanceId, first.Value.Error);
        _test.Write();
        Assert.Equal(ErrorCode.None, _test.Heartbeat(second.Value.MemberId, "i1"));
        Assert.Equal(2, _test.Group.MemberCount);
    }

    [Fact]
    public void A_start_with_which_the_protocol_changes_begins_a_rebalance()
    {
        _test.Join(instance: "i1", protocols: "range:a sticky:a");
        Answer<JoinAnswer> second = _test.Join(instance: "i2", protocols: "range:b sticky:b");
        _test.PassUntil(() => second.IsThere);
        string[] ids = [.. _test.Group.Describe().Members.Select(member => member.MemberId)];
        _test.SyncAll(ids, ["i1", "i2"]);

        Answer<JoinAnswer> join = _test.Join(instance: "i1", protocols: "sticky:a");
        Assert.Equal((GroupState.PreparingRebalance, false), (_test.Group.State, join.IsThere));
        _test.Join(ids[1], "i2", "range:b sticky:b");
        Assert.Equal((2, "sticky"), (join.Value.Generation, join.Value.ProtocolName));
    }

    [Fact]
    public void A_start_while_assignments_are_awaited_begins_anew_and_fences_who_waits()
    {
        Answer<JoinAnswer> first = _test.Join(instance: "i1");
        Answer<JoinAnswer> other = _test.Join(instance: "i2");
        _test.PassUntil(() => first.IsThere);
        Answer<SyncAnswer> sync = _test.Sync(other.Value.MemberId, "i2");
        Answer<JoinAnswer> join = _test.Join(instance: "i2");
        Assert.Equal(ErrorCode.FencedInstanceId, sync.Value.Error);
        Assert.False(join.IsThere);
        _test.Join(first.Value.MemberId, "i1");
        Assert.Equal(2, join.Value.Generation);
    }

    [Fact]
    public void A_static_member_that_misses_a_rebalance_keeps_its_place_until_its_session_ends()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        Answer<JoinAnswer> newcomer = _test.Join();
        _test.Join(ids[0]);
        for (int i = 0; i < 40 && !newcomer.IsThere; i++)
        {
            Assert.Equal(ErrorCode.RebalanceInProgress, _test.Heartbeat(ids[1], "i1"));
            _test.Pass(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(2, newcomer.Value.Generation);
        Assert.Equal(3, _test.Group.MemberCount);
        _test.Pass(GroupUnderTest.Session);
        Assert.Equal(0, _test.Group.MemberCount);
    }

    [Fact]
    public void A_group_whose_members_are_all_static_and_gone_waits_for_them_and_ends_with_their_sessions()
    {
        string[] ids = _test.BecomeStable("i1", "i2");
        Assert.Equal(ErrorCode.None, _test.Leave("", "i2"));
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(ErrorCode.RebalanceInProgress, _test.Heartbeat(ids[0], "i1"));
            _test.Pass(TimeSpan.FromSeconds(2));
        }

        Assert.Equal((GroupState.PreparingRebalance, 1), (_test.Group.State, _test.Group.Generation));
        _test.Pass(GroupUnderTest.Session);
        Assert.Equal((GroupState.Empty, 2), (_test.Group.State, _test.Group.Generation));
        Assert.Null(_test.Group.NextDeadline);
    }
}
