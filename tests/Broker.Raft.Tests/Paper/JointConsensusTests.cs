using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Arbitrary changes of configuration (4.3).</summary>
public sealed class JointConsensusTests
{
    private static readonly int[] Old = [1, 2, 3];
    private static readonly int[] New = [4, 5, 6];

    [Fact]
    public void Section_4_3_Voters_change_through_a_joint_configuration_that_is_left_by_itself()
    {
        Group group = Teaching(3, 4);
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, [1, 2, 4]));
        group.Tick(4 * RaftOptions.Default.HeartbeatTicks);
        Configuration[] steps = [.. group[4].Log.Configurations.Select(entry => entry.Configuration)];
        Assert.Equal(["[1, 2, 3] + 4", "[1, 2, 4] of [1, 2, 3]", "[1, 2, 4]"], steps.Select(step => step.ToString()));
        Assert.All([1, 2, 4], id => Assert.Equal(Group.Of([1, 2, 4]), group[id].Core.Configuration));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 3)]
    [InlineData(2, 5)]
    public void Section_4_3_Any_number_of_voters_is_replaced_at_once(int before, int after)
    {
        int[] others = [.. Enumerable.Range(before + 1, after)];
        Group group = Teaching(before, others);
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, others));
        int ticks = group.TickUntil(() => others.Any(id => group[id].Core.IsLeaderReady));
        Assert.True(ticks < RaftOptions.Default.ElectionTicks, $"the next leader came after {ticks} ticks");
        int leader = others.Single(id => group[id].IsLeader);
        Assert.False(group[1].IsLeader);
        group.Propose(leader, 3);
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.All(others, id => Assert.Equal(group[leader].Log.LastIndex, group[id].Core.CommitIndex));
    }

    [Fact]
    public void Section_4_1_A_configuration_is_in_force_when_appended_and_not_after_its_truncation()
    {
        Group group = Teaching(3, 4);
        group.Isolate(1);
        group.Change(1, [1, 2, 4]);
        Assert.True(group[1].Core.Configuration.IsJoint);
        Assert.True(group[1].Core.ConfigurationIndex > group[1].Core.CommitIndex);
        group.TickUntil(() => group[2].Core.IsLeaderReady || group[3].Core.IsLeaderReady);
        group.Heal();
        group.TickUntil(() => group[1].Core.CommitIndex == group[1].Log.LastIndex && !group[1].IsLeader);
        Assert.Equal(Group.Of(Old, 4), group[1].Core.Configuration);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 6)]
    public void Section_4_3_While_joint_nothing_is_committed_without_a_majority_of_either_half(int one, int other)
    {
        Group group = Teaching(3, New);
        group.Cut(m => new[] { one, other }.Any(id => m.From.Value == id || m.To.Value == id));
        group.Change(1, New);
        LogIndex before = group[1].Core.CommitIndex;
        group.Propose(1, 3);
        group.Settle();
        Assert.Equal(before, group[1].Core.CommitIndex);
        Assert.True(group[1].Core.ReplicatedTo(1) > before);
        group.Heal();
        group.TickUntil(() => New.Any(id => group[id].Core.IsLeaderReady));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 6)]
    public void Section_4_3_While_joint_nobody_leads_or_reads_without_a_majority_of_either_half(int one, int other)
    {
        Group group = Teaching(3, New);
        group.Cut(m => m.Kind == MessageKind.AppendReply);
        group.Change(1, New);
        group.Settle();
        Assert.True(group[1].Core.Configuration.IsJoint);
        group.Cut(m => new[] { one, other }.Any(id => m.From.Value == id || m.To.Value == id));
        group[1].Input(() => group[1].Core.ReadIndex(7));
        group.Settle();
        Assert.Empty(group[1].Reads);
        group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Assert.DoesNotContain(group.Nodes, node => node.IsLeader);
        Assert.Null(Assert.Single(group[1].Reads).Index);
    }

    [Fact]
    public void A_change_is_taken_back_though_none_of_the_new_voters_is_there()
    {
        Group group = Teaching(3, New);
        New.ToList().ForEach(group.Isolate);
        group.Change(1, New);
        group.Tick(2);
        Assert.Equal(ChangeAnswer.InFlight, group.Change(1, [1, 2]));
        Assert.Equal(ChangeAnswer.Begun, group.Change(1, Old));
        Assert.Equal(ChangeAnswer.Unchanged, group.Change(1, Old));
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(Group.Of(Old), group[1].Core.Configuration);
        Assert.Equal(group[1].Log.LastIndex, group[1].Core.CommitIndex);
    }

    [Fact]
    public void Another_leaders_change_is_not_taken_back_for_it_may_have_ended_somewhere()
    {
        // The first leader has left the joint configuration, and 4 has heard of it, but nobody else: with 5 and 6 it
        // could decide without the old voters.
        Group group = Teaching(3, New);
        group.Cut(m => m.To.Value == 1);
        group.Change(1, New);
        group.Settle();
        Assert.All(group.Nodes, node => Assert.True(node.Core.Configuration.IsJoint));
        group.Heal();
        group.Cut(m => m.From.Value == 1 && m.To.Value != 4
            && group[1].Core.Configuration is { IsJoint: false, Learners.IsEmpty: true });
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.All([1, 4], id => Assert.Equal(Group.Of(New), group[id].Core.Configuration));
        group.Isolate(1);
        group.Isolate(4);
        ChangeAnswer[] answers = [];
        group[2].BeforeReady = core =>
        {
            if (core.IsLeaderReady && answers.Length == 0)
                answers = [.. new[] { Old, New }.Select(to => core.ChangeConfiguration(Group.Of(to)))];
        };
        group[2].Receive(new Packet(
            new RaftMessage { Kind = MessageKind.TimeoutNow, From = new(1), To = new(2), Term = new Term(1) }, []));
        group.Settle();

        // It knew that the joint configuration was committed, and had yet to append what leaves it.
        Assert.Equal([ChangeAnswer.InFlight, ChangeAnswer.Unchanged], answers);
        Assert.Equal(Group.Of(New), group[2].Core.Configuration);
    }

    [Fact]
    public void Section_4_2_2_A_leader_in_neither_half_steps_down_and_a_voter_ends_the_change()
    {
        // 3 was removed, and 4 is becoming a voter, when all of them start anew and know nothing to be committed. So 3
        // may be the one that is needed (4.2.2), and leads until it has committed what says that it is not.
        Configuration removed = Group.Of([1, 2], 3, 4);
        Configuration[] steps =
        [
            Group.Of(Old, 4), Group.Of(Old, 4).Towards(removed), removed, removed.Towards(Group.Of([1, 2, 4], 3)),
        ];
        var first = new Term(1);
        var group = new Group(3, spares: 1, setup: (setup, _) => setup with
        {
            Hard = new HardState(first, BrokerId.None),
            Log = new MemoryLog(steps.Select((step, i) => new TestEntry(first, i + 1, step))),
        });
        group[3].Campaign();
        group.Settle();
        Assert.Contains(group.Delivered, m => m.Kind == MessageKind.Append && m.From.Value == 3);
        Assert.False(group[3].IsLeader);
        Assert.True(group[3].Core.CommitIndex > group[3].Log.Configurations[steps.Length - 1].Index);

        group.TickUntil(() => new[] { 1, 2, 4 }.Any(id => group[id].Core.Configuration.Equals(Group.Of([1, 2, 4], 3))));
        Assert.True(group[1].Log.LastTerm > first.Next());
    }

    private static Group Teaching(int voters, params int[] learners)
    {
        var group = new Group(voters, spares: learners.Max() - voters);
        group.Elect(1);
        group.Teach(1, learners);
        return group;
    }
}
