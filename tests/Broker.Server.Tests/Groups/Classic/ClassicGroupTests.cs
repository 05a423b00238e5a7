using Broker.Protocol;
using Broker.Server.Groups.Classic;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

public sealed class ClassicGroupTests
{
    private readonly GroupUnderTest _test = new();

    [Fact]
    public void An_empty_group_knows_nobody_and_waits_for_nothing()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Heartbeat("m"));
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Sync("m").Value.Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Leave("m"));
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Leave("", "i1"));
        Assert.Equal(ErrorCode.UnknownMemberId, _test.Join("m").Value.Error);
        Assert.Null(_test.Group.NextDeadline);
        Assert.True(_test.Group.IsIdle);
    }

    [Fact]
    public void A_claim_is_checked_by_member_instance_and_generation()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        Assert.Equal(ErrorCode.UnknownMemberId, Beat("x", null, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, Beat(ids[0], "i2", 1));
        Assert.Equal(ErrorCode.FencedInstanceId, Beat(ids[0], "i1", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, Beat(ids[0], null, 0));
        Assert.Equal(ErrorCode.IllegalGeneration, Beat(ids[1], "i1", 2));
        Assert.Equal(ErrorCode.None, Beat(ids[1], "i1", 1));

        ErrorCode Beat(string id, string? instance, int generation) =>
            _test.Group.Heartbeat(new MemberClaim(id, instance, generation), _test.Now);
    }

    [Theory]
    [InlineData("consumer", "range", ErrorCode.None)]
    [InlineData(null, null, ErrorCode.None)]
    [InlineData("connect", "range", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("consumer", "sticky", ErrorCode.InconsistentGroupProtocol)]
    public void A_sync_names_the_protocol_that_was_chosen_or_none(string? type, string? name, ErrorCode expected)
    {
        string[] ids = _test.BecomeStable((string?)null);
        Answer<SyncAnswer> sync = _test.Sync(new SyncAsk
        {
            Claim = new MemberClaim(ids[0], null, 1),
            ProtocolType = type,
            ProtocolName = name,
        });
        Assert.Equal(expected, sync.Value.Error);
    }

    [Fact]
    public void A_sync_during_a_rebalance_is_told_so()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, _test.Sync(ids[1]).Value.Error);
    }

    [Fact]
    public void Several_leave_at_once_and_each_has_an_outcome()
    {
        string[] ids = _test.BecomeStable(null, "i1", "i2", null);
        string promised = _test.Join(GroupUnderTest.Ask() with { RequiresKnownMember = true }).Value.MemberId;
        LeavingMember[] leaving =
            [new(ids[0], null), new("", "i1"), new(ids[0], "i2"), new("x", null), new(promised, null)];
        Assert.Equal(
            [
                ErrorCode.None, ErrorCode.None, ErrorCode.FencedInstanceId, ErrorCode.UnknownMemberId, ErrorCode.None,
            ],
            _test.Group.Leave(leaving, _test.Now));
        Assert.Equal((GroupState.PreparingRebalance, 2), (_test.Group.State, _test.Group.MemberCount));
    }

    [Fact]
    public void A_member_that_is_removed_while_it_waits_is_told_so()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        Answer<JoinAnswer> join = _test.Join(ids[1], "i1", "range:new");
        Assert.Equal(ErrorCode.None, _test.Leave("", "i1"));
        Assert.Equal(ErrorCode.UnknownMemberId, join.Value.Error);
        _test.Join(ids[0]);
        Assert.Equal((2, 1), (_test.Group.Generation, _test.Group.MemberCount));
    }

    [Fact]
    public void Offsets_are_committed_by_members_of_this_generation_or_by_anybody_where_there_are_none()
    {
        Assert.Equal(ErrorCode.None, Commit("", -1));
        Assert.Equal(ErrorCode.None, Commit("anybody", -1));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("anybody", 1));
        string[] ids = _test.BecomeStable(null, null);
        Assert.Equal(ErrorCode.None, Commit(ids[0], 1));
        Assert.Equal(ErrorCode.IllegalGeneration, Commit(ids[0], 0));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("", -1));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("anybody", 1));
        Assert.Equal(ErrorCode.None, Commit("", -1, isTransactional: true));
        Assert.Equal(ErrorCode.IllegalGeneration, Commit(ids[0], 2, isTransactional: true));

        // Those of the last generation are still welcome while the next one is prepared.
        _test.Join(ids[0]);
        Assert.Equal(ErrorCode.None, Commit(ids[1], 1));
        _test.Join(ids[1]);
        Assert.Equal(ErrorCode.RebalanceInProgress, Commit(ids[1], 2));
        Assert.Equal(ErrorCode.None, Commit(ids[1], 2, isTransactional: true));

        ErrorCode Commit(string id, int generation, bool isTransactional = false) =>
            _test.Group.CheckCommit(new MemberClaim(id, null, generation), isTransactional, _test.Now);
    }

    [Fact]
    public void A_commit_is_a_sign_of_life()
    {
        string[] ids = _test.BecomeStable((string?)null);
        for (int i = 0; i < 5; i++)
        {
            _test.Pass(GroupUnderTest.Session - TimeSpan.FromSeconds(1));
            Assert.Equal(
                ErrorCode.None, _test.Group.CheckCommit(new MemberClaim(ids[0], null, 1), false, _test.Now));
        }
    }

    [Fact]
    public void Whoever_waits_hears_that_another_broker_leads_now_and_so_does_whoever_asks_afterwards()
    {
        string[] ids = _test.BecomeStable(null, null, null);
        Answer<JoinAnswer> join = _test.Join();
        _test.Group.Resign(ErrorCode.NotCoordinator);
        Assert.Equal(ErrorCode.NotCoordinator, join.Value.Error);
        Assert.Equal(ErrorCode.NotCoordinator, _test.Join().Value.Error);
        Assert.Equal(ErrorCode.NotCoordinator, _test.Sync(ids[0]).Value.Error);
        Assert.Equal(ErrorCode.NotCoordinator, _test.Heartbeat(ids[0]));
        Assert.Equal(ErrorCode.NotCoordinator, _test.Leave(ids[0]));
        Assert.Equal(
            ErrorCode.NotCoordinator, _test.Group.CheckCommit(new MemberClaim("", null, -1), false, _test.Now));
        Assert.Equal((GroupState.Dead, false), (_test.Group.State, _test.Group.TryTakeWrite(out _)));
        Assert.Null(_test.Group.NextDeadline);
    }

    [Fact]
    public void A_write_that_ends_after_the_coordinator_resigned_changes_nothing()
    {
        string[] ids = _test.BecomeStable(null, null);
        _test.Join(ids[0]);
        _test.Join(ids[1]);
        Answer<SyncAnswer> sync = _test.Sync(ids[0]);
        Assert.True(_test.Group.TryTakeWrite(out GroupWrite write));
        _test.Group.Resign(ErrorCode.NotCoordinator);
        _test.Group.Persisted(write.Ticket, ErrorCode.None, _test.Now);
        Assert.Equal(ErrorCode.NotCoordinator, sync.Value.Error);
        Assert.Equal(GroupState.Dead, _test.Group.State);
    }

    [Fact]
    public void Only_a_group_without_members_is_deleted()
    {
        string[] ids = _test.BecomeStable((string?)null);
        Assert.Equal(ErrorCode.NonEmptyGroup, _test.Group.Delete());
        _test.Leave(ids[0]);
        Assert.Equal(ErrorCode.None, _test.Group.Delete());
        Assert.Equal(GroupState.Dead, _test.Group.State);
        Assert.Equal(ErrorCode.GroupIdNotFound, _test.Group.Delete());
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _test.Join().Value.Error);
    }

    [Fact]
    public void A_group_that_is_taken_over_goes_on_as_if_nothing_had_happened()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        _test.Pass(GroupUnderTest.Session - TimeSpan.FromSeconds(1));
        _test.TakeOver();
        Assert.Equal((GroupState.Stable, 1, "consumer"),
            (_test.Group.State, _test.Group.Generation, _test.Group.ProtocolType));

        // Their sessions begin anew.
        _test.Pass(GroupUnderTest.Session - TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.None, _test.Heartbeat(ids[0]));
        Assert.Equal(ErrorCode.None, _test.Heartbeat(ids[1], "i1"));
        Assert.Equal("of " + ids[1], GroupUnderTest.Text(_test.Sync(ids[1], "i1").Value.Assignment));
        Assert.Equal(ids[0], _test.Join(ids[1], "i1").Value.LeaderId);
        Assert.False(_test.Join(ids[0]).IsThere);
    }

    [Fact]
    public void A_group_that_is_taken_over_without_members_keeps_its_generation()
    {
        string[] ids = _test.BecomeStable((string?)null);
        _test.Leave(ids[0]);
        _test.Write();
        _test.TakeOver();
        Assert.Equal((GroupState.Empty, 2), (_test.Group.State, _test.Group.Generation));
        Answer<JoinAnswer> join = _test.Join();
        _test.PassUntil(() => join.IsThere);
        Assert.Equal(3, join.Value.Generation);
    }

    [Fact]
    public void Only_of_a_stable_group_it_is_told_who_does_what()
    {
        string[] ids = _test.BecomeStable(null, "i1");
        GroupMetadata stable = _test.Group.Describe();
        Assert.Equal(["of " + ids[0], "of " + ids[1]],
            stable.Members.Select(member => GroupUnderTest.Text(member.Assignment)));
        Assert.Equal(("range", "i1"), (stable.ProtocolName, stable.Members[1].InstanceId));

        _test.Join(ids[0]);
        GroupMetadata rebalancing = _test.Group.Describe();
        Assert.Null(rebalancing.ProtocolName);
        Assert.All(
            rebalancing.Members, member => Assert.True(member.Assignment.IsEmpty && member.Subscription.IsEmpty));
    }
}
