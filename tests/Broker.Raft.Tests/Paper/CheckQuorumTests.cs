using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>A leader that is cut off steps down (6.2).</summary>
public sealed class CheckQuorumTests
{
    [Fact]
    public void Section_6_2_A_leader_that_no_quorum_answers_steps_down_within_an_election_timeout()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(1);
        for (int i = 0; i <= RaftOptions.Default.ElectionTicks; i++)
            group[1].Tick();
        Assert.Equal((RaftRole.Follower, BrokerId.None), (group[1].Core.Role, group[1].Core.Leader));
    }

    [Fact]
    public void A_leader_that_hears_a_quorum_stays_though_another_is_silent()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Tick(5 * RaftOptions.Default.ElectionTicks);
        Assert.True(group[1].IsLeader);
    }

    [Fact]
    public void A_leader_whose_own_disk_refuses_steps_down_and_another_takes_over()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 2);
        group.Settle();
        group.Propose(1);
        group[1].Input(group[1].Core.AppendFailed);
        group.Settle(node => node.Id.Value != 1);
        Assert.False(group[1].IsLeader);
        Assert.Contains(group.Nodes, node => node.IsLeader);
        group.Tick(5 * RaftOptions.Default.ElectionTicks, node => node.Id.Value != 1);
        Assert.False(group[1].IsLeader);
    }
}
