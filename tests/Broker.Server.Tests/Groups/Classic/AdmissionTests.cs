using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

public sealed class AdmissionTests
{
    private readonly GroupUnderTest _test = new();

    [Fact]
    public void A_new_member_gets_an_id_and_has_to_come_back_with_it()
    {
        JoinAnswer first = _test.Join(GroupUnderTest.Ask() with { RequiresKnownMember = true }).Value;
        Assert.Equal((ErrorCode.MemberIdRequired, -1), (first.Error, first.Generation));
        Assert.Equal("client-", first.MemberId[..7]);
        Assert.True(Guid.TryParseExact(first.MemberId[7..], "D", out _));
        Assert.Equal((GroupState.Empty, 0), (_test.Group.State, _test.Group.MemberCount));
        Assert.False(_test.Group.IsIdle);

        Answer<JoinAnswer> second = _test.Join(GroupUnderTest.Ask(first.MemberId) with { RequiresKnownMember = true });
        Assert.False(second.IsThere);
        _test.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal((ErrorCode.None, first.MemberId, 1),
            (second.Value.Error, second.Value.MemberId, second.Value.Generation));
    }

    [Fact]
    public void An_id_that_nobody_comes_back_with_is_forgotten_when_its_session_ends()
    {
        JoinAnswer first = _test.Join(GroupUnderTest.Ask() with { RequiresKnownMember = true }).Value;
        _test.Pass(GroupUnderTest.Session);
        Assert.True(_test.Group.IsIdle);
        Assert.Null(_test.Group.NextDeadline);
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Join(first.MemberId).Value.Error);
    }

    [Fact]
    public void A_static_member_is_named_after_its_instance_and_asks_once()
    {
        Answer<JoinAnswer> join = _test.Join(GroupUnderTest.Ask(instance: "i1") with { RequiresKnownMember = true });
        _test.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("i1-", join.Value.MemberId[..3]);
    }

    [Theory]
    [InlineData(5_999, ErrorCode.InvalidSessionTimeout)]
    [InlineData(1_800_001, ErrorCode.InvalidSessionTimeout)]
    [InlineData(6_000, ErrorCode.MemberIdRequired)]
    [InlineData(1_800_000, ErrorCode.MemberIdRequired)]
    public void Session_timeouts_have_bounds(int milliseconds, ErrorCode expected)
    {
        JoinAsk ask = GroupUnderTest.Ask() with
        {
            SessionTimeout = TimeSpan.FromMilliseconds(milliseconds),
            RequiresKnownMember = true,
        };
        Assert.Equal(expected, _test.Join(ask).Value.Error);
    }

    [Theory]
    [InlineData("", "range:all")]
    [InlineData("consumer", "")]
    public void A_group_is_not_begun_without_a_protocol(string type, string protocols)
    {
        JoinAsk ask = GroupUnderTest.Ask(protocols: protocols) with { ProtocolType = type };
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _test.Join(ask).Value.Error);
        Assert.Equal(GroupState.Empty, _test.Group.State);
    }

    [Fact]
    public void Whoever_shares_no_protocol_with_all_the_others_is_refused()
    {
        _test.Join(protocols: "range:a sticky:a");
        _test.Join(protocols: "sticky:b range:b");
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _test.Join(protocols: "roundrobin:c").Value.Error);
        JoinAsk connect = GroupUnderTest.Ask() with { ProtocolType = "connect" };
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _test.Join(connect).Value.Error);
        Assert.False(_test.Join(protocols: "sticky:c").IsThere);
        Assert.Equal(3, _test.Group.MemberCount);
    }

    [Fact]
    public void The_protocol_with_most_votes_is_chosen_among_those_that_all_can_follow()
    {
        Answer<JoinAnswer> leader = _test.Join(protocols: "odd:a range:a sticky:a");
        Answer<JoinAnswer> second = _test.Join(protocols: "sticky:b range:b");
        _test.Join(protocols: "sticky:c range:c");
        _test.PassUntil(() => leader.IsThere);
        Assert.Equal("sticky", leader.Value.ProtocolName);
        Assert.Equal(["a", "b", "c"], leader.Value.Members.Select(member => GroupUnderTest.Text(member.Metadata)));
        Assert.Equal(leader.Value.MemberId, second.Value.LeaderId);
        Assert.Empty(second.Value.Members);
    }

    [Fact]
    public void Strangers_and_fenced_instances_do_not_join()
    {
        string[] ids = _test.BecomeStable("i1", null);
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Join("nobody").Value.Error);
        Assert.Equal(ErrorCode.FencedInstanceId, _test.Join("i1-before", "i1").Value.Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Join(ids[1], "i2").Value.Error);
        Assert.Equal(GroupState.Stable, _test.Group.State);
    }

    [Fact]
    public void A_full_group_takes_nobody_more_but_those_that_are_in_it()
    {
        var test = new GroupUnderTest(maxSize: 2);
        string[] ids = test.BecomeStable(null, "i1");
        Assert.Equal(ErrorCode.GroupMaxSizeReached, test.Join().Value.Error);
        Assert.Equal(ErrorCode.None, test.Join(ids[1], "i1").Value.Error);
        Assert.False(test.Join(instance: "i1").IsThere);
        test.Write();
        Assert.Equal((GroupState.Stable, 2), (test.Group.State, test.Group.MemberCount));
    }

    [Fact]
    public void A_group_that_is_larger_than_is_allowed_now_keeps_those_that_join_first()
    {
        string[] ids = _test.BecomeStable(null, null, null);
        var group = ClassicGroup.FromMetadata(
            _test.Log[^1].Metadata, _test.Options with { MaxSize = 2 }, Guid.NewGuid, _test.Now);
        Assert.Equal(GroupState.PreparingRebalance, group.State);
        Answer<JoinAnswer>[] joins = [new(), new(), new()];
        for (int i = 0; i < joins.Length; i++)
            group.Join(GroupUnderTest.Ask(ids[i]), joins[i].Take, _test.Now);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.GroupMaxSizeReached], joins.Select(join => join.Value.Error));
        Assert.Equal((GroupState.CompletingRebalance, 2), (group.State, group.MemberCount));
    }

    [Fact]
    public void A_member_that_repeats_itself_in_a_stable_group_is_told_the_generation_again()
    {
        string[] ids = _test.BecomeStable(null, null);
        JoinAnswer again = _test.Join(ids[1]).Value;
        Assert.Equal((ErrorCode.None, 1, ids[0]), (again.Error, again.Generation, again.LeaderId));
        Assert.Empty(again.Members);
        Assert.Equal(GroupState.Stable, _test.Group.State);
    }

    [Fact]
    public void A_member_that_says_something_new_and_a_leader_that_repeats_itself_begin_a_rebalance()
    {
        string[] ids = _test.BecomeStable(null, null);
        Answer<JoinAnswer> other = _test.Join(ids[1], protocols: "range:more");
        Assert.Equal((GroupState.PreparingRebalance, false), (_test.Group.State, other.IsThere));
        Answer<JoinAnswer> leader = _test.Join(ids[0]);
        Assert.Equal((2, 2), (leader.Value.Generation, other.Value.Generation));
        _test.SyncAll(ids, [null, null]);

        Assert.False(_test.Join(ids[0]).IsThere);
        Assert.Equal(GroupState.PreparingRebalance, _test.Group.State);
    }

    [Fact]
    public void A_leader_whose_answer_was_lost_is_told_again_whom_it_leads()
    {
        Answer<JoinAnswer> first = _test.Join();
        _test.Join();
        _test.PassUntil(() => first.IsThere);
        JoinAnswer again = _test.Join(first.Value.MemberId).Value;
        Assert.Equal((1, 2), (again.Generation, again.Members.Count));
        Assert.Equal(GroupState.CompletingRebalance, _test.Group.State);
    }

    [Fact]
    public void Whoever_asks_twice_hears_in_the_place_of_the_first_ask()
    {
        string[] ids = _test.BecomeStable(null, null);
        Answer<JoinAnswer> first = _test.Join(ids[0]);
        Answer<JoinAnswer> second = _test.Join(ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, first.Value.Error);
        _test.Join(ids[1]);
        Assert.Equal(ErrorCode.None, second.Value.Error);
    }
}
