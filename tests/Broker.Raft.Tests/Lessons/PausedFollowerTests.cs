using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 23: a paused follower stops nothing.</summary>
public sealed class PausedFollowerTests
{
    [Fact]
    public void Lesson_23_Proposals_reads_and_heartbeats_go_on_while_one_of_three_is_paused()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Isolate(3);
        for (int i = 0; i < 10; i++)
        {
            group.Propose(1, 3);
            leader.Input(() => leader.Core.ReadIndex((ulong)i));
            group.Settle();
            group.Tick(RaftOptions.Default.ElectionTicks);
        }

        Assert.Equal(new LogIndex(31), leader.Core.CommitIndex);
        Assert.Equal(10, leader.Reads.Count(read => read.Index is not null));
        Assert.True(leader.IsLeader);
    }
}
