using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Leader election (3.4).</summary>
public sealed class ElectionTests
{
    [Fact]
    public void Section_3_4_A_new_node_is_a_follower()
    {
        var group = new Group(3);
        Assert.All(group.Nodes, node => Assert.Equal(RaftRole.Follower, node.Core.Role));
    }

    [Fact]
    public void Section_3_4_A_follower_that_hears_nobody_campaigns_in_a_new_term_and_votes_for_itself()
    {
        var group = new Group(3);
        group.TickUntil(() => group.Nodes.Any(node => node.IsLeader));
        Node leader = group.Nodes.Single(node => node.IsLeader);
        Assert.Equal(new HardState(new Term(1), leader.Id), leader.DurableHard);
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 3, true)]
    [InlineData(5, 2, false)]
    [InlineData(5, 3, true)]
    public void Section_3_4_A_candidate_wins_with_a_majority_of_the_whole_group(int voters, int up, bool wins)
    {
        var group = new Group(voters);
        group.Cut(m => m.From.Value > up || m.To.Value > up);
        group[1].Campaign();
        group.Settle();
        Assert.Equal(wins, group[1].IsLeader);
    }

    [Fact]
    public void Section_3_4_A_node_votes_for_one_candidate_in_a_term()
    {
        var group = new Group(3);
        Node voter = group[3];
        voter.Receive(VoteFrom(1));
        voter.Receive(VoteFrom(2));
        voter.Flush();
        Assert.Equal([false, true], voter.Outgoing.Select(packet => packet.Message.Rejected));
    }

    [Fact]
    public void Section_3_4_A_repeated_request_gets_the_same_answer()
    {
        var group = new Group(3);
        Node voter = group[3];
        voter.Receive(VoteFrom(1));
        voter.Flush();
        voter.Receive(VoteFrom(1));
        Assert.Equal([false, false], voter.Outgoing.Select(packet => packet.Message.Rejected));
    }

    [Fact]
    public void Section_3_4_A_candidate_that_hears_the_terms_leader_follows_it()
    {
        var group = new Group(3);
        group.Isolate(3);
        group[1].Campaign();
        group.Settle();
        group[3].Receive(new Packet(
            new RaftMessage { Kind = MessageKind.Heartbeat, From = new(1), To = new(3), Term = new(1) }, []));
        Assert.Equal((RaftRole.Follower, new BrokerId(1)), (group[3].Core.Role, group[3].Core.Leader));
    }

    [Fact]
    public void Section_3_4_Election_timeouts_are_drawn_anew_from_the_whole_range()
    {
        HashSet<int> drawn = [];
        for (int seed = 0; seed < 200; seed++)
        {
            var group = new Group(1, seed: seed);
            drawn.Add(group.TickUntil(() => group[1].IsLeader));
        }

        int shortest = RaftOptions.Default.ElectionTicks;
        Assert.Equal(Enumerable.Range(shortest, shortest), drawn.Order());
    }

    [Fact]
    public void Section_3_4_A_split_vote_is_followed_by_another_election()
    {
        var group = new Group(2);
        group[1].Campaign();
        group[2].Campaign();
        group.Settle();
        int ticks = group.TickUntil(() => group.Nodes.Any(node => node.IsLeader));
        Assert.InRange(ticks, 0, 4 * RaftOptions.Default.ElectionTicks);
    }

    private static Packet VoteFrom(int candidate) => new(
        new RaftMessage { Kind = MessageKind.Vote, From = new(candidate), To = new(3), Term = new(1) }, []);
}
