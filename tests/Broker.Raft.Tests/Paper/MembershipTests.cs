using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Learners, and who is removed (4.1, 4.2).</summary>
public sealed class MembershipTests
{
    [Fact]
    public void Section_4_2_1_A_learner_receives_everything_and_is_not_counted()
    {
        Group group = Teaching(3, 4);
        Assert.Equal(group[1].Core.CommitIndex, group[4].Core.CommitIndex);
        group.Isolate(2);
        group.Isolate(3);
        LogIndex before = group[1].Core.CommitIndex;
        group.Propose(1);
        group.Settle();
        Assert.Equal(group[1].Log.LastIndex, group[4].Log.LastIndex);
        Assert.Equal(before, group[1].Core.CommitIndex);
        group.Tick(2 * RaftOptions.Default.ElectionTicks);
        Assert.False(group[1].IsLeader);
    }

    [Fact]
    public void Section_4_2_1_A_learner_never_campaigns()
    {
        Group group = Teaching(1, 2);
        group.Isolate(1);
        group[2].Campaign();
        group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Assert.Equal(RaftRole.Follower, group[2].Core.Role);
        Assert.DoesNotContain(group.Delivered, m => m.From.Value == 2 && m.Kind is MessageKind.PreVote);
    }

    [Fact]
    public void Section_4_2_1_Who_has_not_learned_or_not_caught_up_does_not_vote()
    {
        var group = new Group(3, spares: 2);
        group.Elect(1);
        Assert.Equal(ChangeAnswer.NotLearning, group.Change(1, [1, 2, 3, 4]));
        group.Isolate(4);
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, [1, 2, 3], 4));
        group.Tick(3);
        Assert.Equal(ChangeAnswer.NotCaughtUp, group.Change(1, [1, 2, 3, 4]));
        group.Heal();
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, [1, 2, 3, 4]));
    }

    [Fact]
    public void Section_4_2_2_A_removed_leader_manages_the_group_until_that_is_committed_and_is_not_counted()
    {
        Group group = Teaching(3, 4);
        group.Change(1, [2, 3, 4]);
        group.Cut(m => m.From.Value is 3 or 4 && m.Kind is MessageKind.AppendReply or MessageKind.HeartbeatReply
            && group[1].Core.Configuration.Equals(Group.Of([2, 3, 4])));
        group.Settle();
        Assert.Equal(Group.Of([2, 3, 4]), group[1].Core.Configuration);
        Assert.True(group[1].IsLeader);
        Assert.True(group[1].Core.ConfigurationIndex > group[1].Core.CommitIndex);
        group.Heal();
        group.TickUntil(() => group.Nodes.Any(node => node.Id.Value > 1 && node.Core.IsLeaderReady));
        Assert.False(group[1].IsLeader);
        Assert.Contains(group.Delivered, m => m.Kind == MessageKind.TimeoutNow && m.From.Value == 1);
    }

    [Fact]
    public void Section_4_2_2_Who_is_not_in_its_latest_configuration_leads_while_nobody_else_can()
    {
        // 1 alone has heard that it is removed. 3 is gone for good: what 1 holds lets it vote for nobody.
        Group group = Teaching(3, 4, 5);
        group.Cut(m => m.From.Value == 1 && group[1].Core.Configuration.Equals(Group.Of([2, 4, 5])));
        group.Change(1, [2, 4, 5]);
        group.Settle();
        Assert.Equal(Group.Of([2, 4, 5]), group[1].Core.Configuration);
        Assert.True(group[2].Core.Configuration.IsJoint);
        group.Isolate(1);
        group.Tick(3 * RaftOptions.Default.ElectionTicks, flushes: node => node.Id.Value == 1);
        group.Heal();
        group.Isolate(3);
        group.TickUntil(() => new[] { 2, 4, 5 }.Any(id => group[id].Core.IsLeaderReady));
        Assert.Equal(Group.Of([2, 4, 5]), group.Nodes.Single(node => node.IsLeader).Core.Configuration);
    }

    [Fact]
    public void Section_4_2_3_Who_was_removed_learns_of_it_and_never_campaigns()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Change(1, [1, 2]);
        group.Settle();
        group.Tick();
        Assert.Equal(Group.Of([1, 2]), group[3].Core.Configuration);
        Assert.True(group[3].Core.ConfigurationIndex <= group[3].Core.CommitIndex);
        group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Assert.Equal(RaftRole.Follower, group[3].Core.Role);
        Assert.DoesNotContain(group.Delivered, m => m.From.Value == 3 && m.Kind == MessageKind.PreVote);
    }

    [Fact]
    public void Section_4_2_2_Who_does_not_vote_answers_all_the_same()
    {
        Group group = Teaching(3, 4);
        group[1].Crash();
        group[4].Receive(new Packet(
            new RaftMessage
            {
                Kind = MessageKind.Vote,
                From = new BrokerId(2),
                To = new BrokerId(4),
                Term = new Term(9),
                PrevIndex = group[4].Log.LastIndex,
                PrevTerm = group[4].Log.LastTerm,
                Forced = true,
            },
            []));
        group[4].SaveHardState();
        Assert.Contains(group[4].Outgoing, p => p.Message is { Kind: MessageKind.VoteReply, Rejected: false });
    }

    [Fact]
    public void Section_4_1_At_most_one_change_is_in_flight()
    {
        Group group = Teaching(3, 4, 5);
        group.Isolate(1);
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, [1, 2, 3], 4));
        Assert.Equal(ChangeAnswer.Unchanged, group.Change(1, [1, 2, 3], 4));
        Assert.Equal(ChangeAnswer.InFlight, group.Change(1, [1, 2, 3]));
        group.Heal();
        group.Settle();
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, [1, 2, 3]));
    }

    [Fact]
    public void Section_4_1_A_leader_changes_nothing_before_an_entry_of_its_own_term_is_committed()
    {
        var group = new Group(3, spares: 1);
        group[1].Campaign();
        group.Settle(node => node.Id.Value != 1 || !node.IsLeader);
        group[1].Flush();
        group.Cut(m => m.Kind == MessageKind.AppendReply);
        group.Settle(node => node.Id.Value == 1);
        Assert.Equal(!group[1].Core.IsLeaderReady, group.Change(1, [1, 2, 3], 4) == ChangeAnswer.NotReady);
        Assert.Equal(ChangeAnswer.NotLeader, group.Change(2, [1, 2, 3], 4));
    }

    [Fact]
    public void Section_3_10_Leadership_is_handed_to_no_learner_and_to_nobody_who_is_being_removed()
    {
        Group group = Teaching(3, 4);
        Assert.False(Transfer(group, 4));
        group.Cut(m => m.Kind == MessageKind.AppendReply);
        group.Change(1, [1, 2, 4]);
        group.Settle();
        Assert.False(Transfer(group, 3));
        Assert.True(Transfer(group, 4));
        Assert.Equal(ChangeAnswer.NotReady, group.Change(1, [1, 2, 3]));
    }

    [Fact]
    public void A_configuration_outlives_a_crash()
    {
        Group group = Teaching(3, 4);
        group.Change(1, [1, 2, 4]);
        group.Settle();
        foreach (Node node in group.Nodes)
        {
            node.Crash();
            node.Restart();
        }

        Assert.All([1, 2, 4], id => Assert.Equal(Group.Of([1, 2, 4]), group[id].Core.Configuration));
        group.TickUntil(() => new[] { 1, 2, 4 }.Any(id => group[id].Core.IsLeaderReady));
    }

    private static bool Transfer(Group group, int to)
    {
        bool begun = false;
        group[1].Input(() => begun = group[1].Core.TransferLeadership(new BrokerId(to)));
        return begun;
    }

    private static Group Teaching(int voters, params int[] learners)
    {
        var group = new Group(voters, spares: learners.Max() - voters);
        group.Elect(1);
        group.Teach(1, learners);
        return group;
    }
}
