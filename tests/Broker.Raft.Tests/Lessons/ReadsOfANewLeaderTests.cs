using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lessons 1 and 9: what a leader may say before, and after, its term has begun in earnest.</summary>
public sealed class ReadsOfANewLeaderTests
{
    [Fact]
    public void Lesson_1_A_new_leader_answers_no_read_before_an_entry_of_its_term_is_committed()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 5);
        group.Settle();
        group[1].Crash();
        group.Cut(m => m.Kind == MessageKind.Append);
        group.TickUntil(() => group[2].IsLeader || group[3].IsLeader);
        Node leader = group.Nodes.Single(node => node.IsLeader);
        leader.Input(() => leader.Core.ReadIndex(1));
        group.Tick(2 * RaftOptions.Default.HeartbeatTicks);
        Assert.False(leader.Core.IsLeaderReady);
        Assert.Empty(leader.Reads);

        group.Heal();
        group.Settle();
        Assert.True(leader.Core.IsLeaderReady);
        Assert.Equal([new ReadState(1, new LogIndex(7))], leader.Reads);
    }

    [Fact]
    public void Lesson_9_What_a_deposed_leader_appended_may_still_be_committed_so_nothing_tells_it_otherwise()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1);
        group.Cut(m => m.To.Value == 1);
        group.Settle();
        Assert.Equal(new LogIndex(1), group[1].Core.CommitIndex);
        group.TickUntil(() => group[2].Core.IsLeaderReady || group[3].Core.IsLeaderReady);

        // The old leader never learned that its entry was stored; the new one has it and commits it.
        Assert.False(group[1].IsLeader);
        Assert.Equal(new LogIndex(2), group[1].Log.LastIndex);
        group.Heal();
        group.Tick(4 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(3, group[1].Core.CommitIndex.Value);
        Assert.Equal(group[2].Log.Entries, group[1].Log.Entries);
    }
}
