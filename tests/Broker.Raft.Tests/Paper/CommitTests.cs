using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Committing entries of earlier terms (3.6.2), and the no-op.</summary>
public sealed class CommitTests
{
    [Fact]
    public void Section_3_6_2_An_entry_of_an_earlier_term_is_not_committed_by_counting()
    {
        // Figure 3.7 (c): the leader of term 4 has brought entry 2 of term 2 to a majority, and has nothing of its
        // own yet.
        int[][] logs = [[1, 2], [1, 2], [1], [1], [1, 3]];
        var group = new Group(5, (setup, id) => setup with
        {
            Hard = new HardState(new Term(3), BrokerId.None),
            Log = MemoryLog.OfTerms(logs[id.Value - 1]),
        });
        group.Isolate(5);
        group.Cut(m => m.EntriesTerm == new Term(4) && group[m.To.Value].Log.LastIndex >= new LogIndex(2));
        Node leader = group.Elect(1);
        group.Tick(4 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(new LogIndex(2), leader.Core.ReplicatedTo(3));
        Assert.Equal(LogIndex.Zero, leader.Core.CommitIndex);

        group.Heal();
        group.Tick(4 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(new LogIndex(3), leader.Core.CommitIndex);
    }

    [Fact]
    public void Section_6_4_A_leader_starts_its_term_with_an_entry_without_meaning()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        Assert.Equal(new TestEntry(new Term(1), -1), Assert.Single(leader.Log.Entries));
        Assert.True(leader.Core.IsLeaderReady);
    }

    [Fact]
    public void Section_3_5_A_leader_commits_what_a_majority_has_flushed()
    {
        var group = new Group(5);
        Node leader = group.Elect(1);
        group.Propose(1);
        group.Settle(node => node.Id.Value <= 2);
        Assert.Equal(new LogIndex(1), leader.Core.CommitIndex);
        group.Settle(node => node.Id.Value <= 3);
        Assert.Equal(new LogIndex(2), leader.Core.CommitIndex);
    }

    [Fact]
    public void Section_10_2_1_The_followers_can_commit_what_the_leader_has_not_flushed()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Propose(1);
        group.Settle(node => node.Id.Value != 1);
        Assert.Equal(new LogIndex(2), leader.Core.CommitIndex);
        Assert.Equal(new LogIndex(1), leader.Core.PersistedIndex);
    }

    [Fact]
    public void Section_10_2_1_A_leader_counts_itself_only_once_it_has_flushed()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Isolate(3);
        group.Propose(1);
        group.Settle(node => node.Id.Value == 2);
        Assert.Equal(new LogIndex(1), leader.Core.CommitIndex);
        leader.Flush();
        Assert.Equal(new LogIndex(2), leader.Core.CommitIndex);
    }

    [Fact]
    public void What_is_on_more_disks_than_a_majority_is_known()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Isolate(3);
        group.Propose(1, 4);
        group.Settle();
        Assert.Equal(
            [5, 5, 1, 0],
            new[] { 1, 2, 3, 4 }.Select(replicas => leader.Core.ReplicatedTo(replicas).Value));
    }
}
