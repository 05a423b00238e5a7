using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Disruptive servers (4.2.3), and processes that are known to be gone.</summary>
public sealed class StickinessTests
{
    [Fact]
    public void Section_4_2_3_A_follower_that_hears_its_leader_ignores_a_candidate()
    {
        var group = new Group(3);
        group.Elect(1);
        group[2].Receive(new Packet(Request(MessageKind.Vote), []));
        group[2].Receive(new Packet(Request(MessageKind.PreVote), []));
        group.Settle();
        Assert.Equal((new Term(1), new BrokerId(1)), (group[2].Core.CurrentTerm, group[2].Core.Leader));
        Assert.True(group[1].IsLeader);
    }

    [Fact]
    public void Section_4_2_3_A_leader_that_is_heard_by_a_quorum_ignores_a_candidate()
    {
        var group = new Group(3);
        group.Elect(1);
        group[1].Receive(new Packet(Request(MessageKind.Vote) with { To = new(1) }, []));
        Assert.True(group[1].IsLeader);
    }

    [Fact]
    public void Votes_that_the_leader_itself_started_skip_stickiness()
    {
        var group = new Group(3);
        group.Elect(1);
        group[2].Receive(new Packet(Request(MessageKind.Vote) with { Forced = true }, []));
        Assert.Equal(new Term(9), group[2].Core.CurrentTerm);
    }

    [Fact]
    public void A_leader_that_starts_anew_may_be_given_a_vote_at_once()
    {
        var group = new Group(3);
        group.Elect(1);
        group[1].Crash();
        group[1].Restart();
        group[1].Campaign();
        group.Settle();
        Assert.True(group[1].IsLeader);
    }

    [Fact]
    public void When_the_leaders_process_is_gone_the_others_elect_at_once()
    {
        var group = new Group(3);
        group.Elect(1);
        group[1].Crash();
        foreach (int id in new[] { 2, 3 })
            group[id].Input(() => group[id].Core.PeerGone(new BrokerId(1)));
        int ticks = group.TickUntil(() => group.Nodes.Any(node => node.IsLeader));
        Assert.InRange(ticks, 0, RaftOptions.Default.PeerGoneTicks);
    }

    [Fact]
    public void That_another_process_is_gone_changes_nothing()
    {
        var group = new Group(3);
        group.Elect(1);
        group[2].Input(() => group[2].Core.PeerGone(new BrokerId(3)));
        group.Tick(RaftOptions.Default.PeerGoneTicks + 1);
        Assert.Equal(new BrokerId(1), group[2].Core.Leader);
        Assert.Equal(new Term(1), group[2].Core.CurrentTerm);
    }

    private static RaftMessage Request(MessageKind kind) => new()
    {
        Kind = kind,
        From = new(3),
        To = new(2),
        Term = new(9),
        PrevIndex = new(100),
        PrevTerm = new(8),
    };
}
