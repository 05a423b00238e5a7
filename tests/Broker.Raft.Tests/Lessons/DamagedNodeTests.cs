using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 11: a node whose disk turns out to have lost what it had flushed steps back at once.</summary>
public sealed class DamagedNodeTests
{
    private readonly Group _group = new(3);

    public DamagedNodeTests()
    {
        _group.Elect(1);
        _group.Propose(1, 10);
        _group.Settle();
    }

    [Fact]
    public void Lesson_11_a_leader_steps_down_and_hands_over_to_the_one_that_holds_most()
    {
        _group[1].Input(_group[1].Core.Quarantine);

        Assert.False(_group[1].IsLeader);
        _group.Settle();
        Assert.Contains(_group.Nodes, node => node.IsLeader && node != _group[1]);
        Assert.True(_group[1].Core.Abstains);
    }

    [Fact]
    public void Lesson_11_it_neither_votes_nor_counts_any_more_not_even_with_what_it_had_acknowledged()
    {
        _group[3].Input(_group[3].Core.Quarantine);
        _group.Isolate(2);
        _group.Propose(1);
        _group.Tick(RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(new LogIndex(11), _group[1].Core.CommitIndex);
        Assert.Equal(LogIndex.Zero, _group[1].Core.Progress(new BrokerId(3))!.Value.Match);

        _group[1].Crash();
        _group.Heal();
        _group.Tick(5 * RaftOptions.Default.ElectionTicks);
        Assert.All(_group.Nodes, node => Assert.False(node.IsLeader));
    }

    [Fact]
    public void Lesson_11_what_it_holds_does_not_readmit_it_before_it_started_from_what_is_left()
    {
        _group[3].Input(_group[3].Core.Quarantine);
        _group.Propose(1);
        _group.Tick(5 * RaftOptions.Default.HeartbeatTicks);
        Assert.True(_group[3].Core.Abstains);

        // The same connection: nobody tells the leader that what it knew of this node is void.
        _group[3].Crash();
        _group[3].LoseFrom(new LogIndex(4));
        _group[3].Restart(abstains: true);
        _group.Propose(1);
        _group.Tick(10 * RaftOptions.Default.ElectionTicks);
        Assert.False(_group[3].Core.Abstains);
        Assert.Equal(_group[1].Log.LastIndex, _group[3].Core.PersistedIndex);
    }

    [Fact]
    public void Lesson_11_a_candidate_gives_up()
    {
        var group = new Group(3);
        group.Isolate(1);
        group[1].Campaign();

        group[1].Input(group[1].Core.Quarantine);

        Assert.Equal(RaftRole.Follower, group[1].Core.Role);
        group.Tick(5 * RaftOptions.Default.ElectionTicks);
        Assert.Equal(RaftRole.Follower, group[1].Core.Role);
    }
}
