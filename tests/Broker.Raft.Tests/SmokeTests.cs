using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests;

public sealed class SmokeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_group_elects_a_leader_and_commits(int voters)
    {
        var group = new Group(voters);
        group.TickUntil(() => group.Nodes.Any(node => node.Core.IsLeaderReady));
        Node leader = group.Nodes.Single(node => node.IsLeader);
        group.Propose(leader.Id.Value, 10);
        group.Settle();
        Assert.Equal(new LogIndex(11), leader.Core.CommitIndex);
        group.Tick(RaftOptions.Default.HeartbeatTicks);
        Assert.All(group.Nodes, node => Assert.Equal(new LogIndex(11), node.Core.CommitIndex));
    }
}
