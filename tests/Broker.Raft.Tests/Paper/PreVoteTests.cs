using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Pre-vote (9.6).</summary>
public sealed class PreVoteTests
{
    [Fact]
    public void Section_9_6_A_node_that_was_cut_off_does_not_raise_its_term()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Tick(20 * RaftOptions.Default.ElectionTicks);
        Assert.Equal(new Term(1), group[3].Core.CurrentTerm);
    }

    [Fact]
    public void Section_9_6_Its_return_does_not_disturb_the_leader()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Tick(20 * RaftOptions.Default.ElectionTicks);
        group.Heal();
        group.Tick(4 * RaftOptions.Default.ElectionTicks);
        Assert.Equal((true, new Term(1)), (group[1].IsLeader, group[1].Core.CurrentTerm));
    }

    [Fact]
    public void Section_9_6_A_pre_vote_changes_neither_term_nor_vote()
    {
        var group = new Group(3);
        group[2].Receive(new Packet(
            new RaftMessage { Kind = MessageKind.PreVote, From = new(1), To = new(2), Term = new(1) }, []));
        RaftMessage answer = Assert.Single(group[2].Outgoing).Message;
        Assert.Equal((MessageKind.PreVoteReply, new Term(1), false), (answer.Kind, answer.Term, answer.Rejected));
        Assert.Equal(HardState.Initial, group[2].DurableHard);
        Assert.Equal(Term.Zero, group[2].Core.CurrentTerm);
    }

    [Fact]
    public void Section_9_6_A_node_behind_in_terms_learns_the_term_from_the_refusal()
    {
        var group = new Group(3, (setup, id) => setup with
        {
            Hard = new HardState(new Term(id.Value == 1 ? 3 : 8), BrokerId.None),
        });
        group[1].Campaign();
        group.Settle();
        Assert.Equal(new Term(8), group[1].Core.CurrentTerm);
    }

    [Fact]
    public void Of_two_that_ask_at_once_one_gives_way_and_the_vote_is_not_split()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var group = new Group(3, seed: seed);
            group.Elect(1);
            group[1].Crash();
            group[2].Campaign();
            group[3].Campaign();
            group[2].Input(() => group[2].Core.PeerGone(new BrokerId(1)));
            group[3].Input(() => group[3].Core.PeerGone(new BrokerId(1)));
            int ticks = group.TickUntil(() => group[2].IsLeader || group[3].IsLeader);
            Assert.InRange(ticks, 0, RaftOptions.Default.PeerGoneTicks + 1);
        }
    }
}
