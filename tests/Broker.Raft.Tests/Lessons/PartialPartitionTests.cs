using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 19: one-way and partial links don't give elections without end.</summary>
public sealed class PartialPartitionTests
{
    [Fact]
    public void Lesson_19_A_follower_that_can_send_but_not_hear_does_not_disturb()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Cut(m => m.To.Value == 3);
        group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.Equal((true, new Term(1)), (group[1].IsLeader, group[1].Core.CurrentTerm));
    }

    [Fact]
    public void Lesson_19_When_two_nodes_cannot_see_each_other_but_both_see_a_third_the_leader_stays()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Cut(m => m.From.Value + m.To.Value == 4);
        group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.Equal((true, new Term(1)), (group[1].IsLeader, group[1].Core.CurrentTerm));
    }

    [Fact]
    public void Lesson_19_A_leader_that_can_send_but_not_hear_gives_way()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Cut(m => m.To.Value == 1);
        group.TickUntil(() => group[2].Core.IsLeaderReady || group[3].Core.IsLeaderReady, limit: 100);
        Assert.False(group[1].IsLeader);
    }

    [Fact]
    public void Lesson_19_A_leader_whose_messages_reach_nobody_gives_way_though_it_hears_all()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Cut(m => m.From.Value == 1);
        group.TickUntil(() => group[2].Core.IsLeaderReady || group[3].Core.IsLeaderReady, limit: 100);
        Assert.False(group[1].IsLeader);
    }

    [Fact]
    public void Lesson_19_In_a_chain_of_five_one_leader_remains()
    {
        var group = new Group(5);
        group.Cut(m => Math.Abs(m.From.Value - m.To.Value) > 2);
        group.TickUntil(() => group.Nodes.Any(node => node.Core.IsLeaderReady));
        group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Term settled = group.Nodes.Max(node => node.Core.CurrentTerm);
        group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.Equal(settled, group.Nodes.Max(node => node.Core.CurrentTerm));
        Assert.Single(group.Nodes, node => node.IsLeader);
    }
}
