using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 10: an answer never runs ahead of a flush, whoever pauses and whoever loses power.</summary>
public sealed class SlowDiskTests
{
    [Fact]
    public void Lesson_10_What_was_acknowledged_survives_power_loss_of_a_majority()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 5);
        group.Settle(node => node.Id.Value != 3);
        LogIndex acknowledged = group[1].Core.CommitIndex;
        Assert.Equal(new LogIndex(6), acknowledged);
        foreach (int id in new[] { 1, 2, 3 })
            group[id].Crash();
        foreach (int id in new[] { 1, 2, 3 })
            group[id].Restart();
        group.TickUntil(() => group.Nodes.Any(node => node.Core.IsLeaderReady));
        Node leader = group.Nodes.Single(node => node.IsLeader);
        Assert.True(leader.Core.CommitIndex > acknowledged);
        Assert.NotEqual(3, leader.Id.Value);
    }
}
