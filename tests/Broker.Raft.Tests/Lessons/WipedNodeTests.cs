using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 18: a node that may have forgotten what it promised takes no part until it was filled.</summary>
public sealed class WipedNodeTests
{
    [Fact]
    public void Lesson_18_Who_abstains_neither_votes_nor_campaigns_nor_counts()
    {
        var group = new Group(3, (setup, id) => setup with { Abstains = id.Value == 3 });
        group[3].Campaign();
        Assert.Equal(RaftRole.Follower, group[3].Core.Role);
        group.Isolate(2);
        group[1].Campaign();
        group.Settle();
        Assert.False(group[1].IsLeader);
        group.Tick(5 * RaftOptions.Default.ElectionTicks);
        Assert.All(group.Nodes, node => Assert.False(node.IsLeader));
    }

    [Fact]
    public void Lesson_18_What_only_it_has_flushed_besides_the_leader_is_not_committed()
    {
        var group = new Group(3, (setup, id) => setup with { Abstains = id.Value == 3 });
        group.Cut(m => m is { Kind: MessageKind.Append, To.Value: 2 });
        group.Elect(1);
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(group[1].Log.LastIndex, group[3].Core.PersistedIndex);
        Assert.Equal(LogIndex.Zero, group[1].Core.CommitIndex);
    }

    [Fact]
    public void Lesson_18_It_counts_again_once_it_holds_all_that_its_leader_committed_in_its_own_term()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        group[3].Crash();
        group[3].LoseFrom(new LogIndex(4));
        group[3].Restart(abstains: true);
        group.Isolate(2);
        group.Propose(1);
        group[1].Input(() => group[1].Core.PeerSession(new BrokerId(3)));
        Assert.True(group[3].Core.Abstains);
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        Assert.False(group[3].Core.Abstains);

        // It tells so, and one more entry than was proposed is there, since it abstained.
        group.Tick(RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(new LogIndex(13), group[1].Core.CommitIndex);
    }

    [Fact]
    public void Lesson_18_An_older_leader_cut_off_with_it_alone_neither_readmits_it_nor_reads_with_it()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        group.Isolate(1);
        group[2].Input(() => group[2].Core.PeerGone(new BrokerId(1)));
        group[3].Input(() => group[3].Core.PeerGone(new BrokerId(1)));
        group.Elect(2);

        // The vote that made 2 a leader is forgotten, and 1 has not heard of that leader.
        group.Mend();
        group.Isolate(2);
        Wipe(group, 3);
        group[1].Input(() => group[1].Core.ReadIndex(7));
        for (int i = 0; i < 3 * RaftOptions.Default.HeartbeatTicks; i++)
        {
            group[1].Tick();
            group.Settle();
        }

        Assert.Equal(group[1].Log.LastIndex, group[3].Core.PersistedIndex);
        Assert.True(group[3].Core.Abstains);
        Assert.Empty(group[1].Reads);
        group.Heal();
        group.TickUntil(() => !group[3].Core.Abstains);
        Assert.True(group[3].Core.CurrentTerm > new Term(1));
    }

    [Fact]
    public void Lesson_18_It_does_not_vote_in_the_term_of_the_leader_that_readmitted_it()
    {
        var group = new Group(3);
        group.Elect(1);
        Wipe(group, 3);
        group.TickUntil(() => !group[3].Core.Abstains);

        group.Isolate(1);
        group[3].Receive(new Packet(
            new RaftMessage
            {
                Kind = MessageKind.Vote,
                From = new(2),
                To = new(3),
                Term = group[3].Core.CurrentTerm,
                PrevIndex = new(100),
                PrevTerm = group[3].Core.CurrentTerm,
                Forced = true,
            },
            []));
        group[3].Flush();
        Assert.True(group[3].Outgoing.Single(packet => packet.Message.Kind == MessageKind.VoteReply).Message.Rejected);
    }

    [Fact]
    public void Lesson_18_It_is_not_readmitted_by_a_word_on_an_earlier_loss()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 10);
        Wipe(group, 3);
        group.TickUntil(() => !group[3].Core.Abstains);
        RaftMessage word = group.Delivered.Last(message => message.Abstention != 0 && message.To.Value == 3);

        group.Isolate(2);
        Wipe(group, 3);
        group[3].Receive(new Packet(word, []));
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(group[1].Log.LastIndex, group[3].Core.PersistedIndex);
        Assert.True(group[3].Core.Abstains);
    }

    [Fact]
    public void Lesson_18_Of_two_voters_the_leader_fills_the_other_one_without_anybody_s_help()
    {
        var group = new Group(2);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        Wipe(group, 2);
        group.Propose(1);
        group.TickUntil(() => group[1].Core.CommitIndex == group[1].Log.LastIndex);
        Assert.False(group[2].Core.Abstains);
    }

    [Fact]
    public void Lesson_18_Of_two_voters_the_other_one_leads_when_the_leader_has_lost_its_disk()
    {
        var group = new Group(2);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        LogIndex end = group[2].Log.LastIndex;
        Wipe(group, 1);
        group.TickUntil(() => group[2].Core.IsLeaderReady);
        group.TickUntil(() => !group[1].Core.Abstains);
        Assert.True(group[1].Log.LastIndex > end);
        group.Propose(2);
        group.TickUntil(() => group[2].Core.CommitIndex == group[2].Log.LastIndex);
    }

    [Fact]
    public void Lesson_18_Of_two_voters_none_leads_while_nothing_is_known_of_the_other()
    {
        var group = new Group(2);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        Wipe(group, 1);
        group.Isolate(1);
        group.Tick(5 * RaftOptions.Default.ElectionTicks);
        Assert.All(group.Nodes, node => Assert.False(node.IsLeader));
    }

    [Fact]
    public void Lesson_18_Of_two_voters_one_elects_another_when_the_leader_lost_its_disk_in_the_midst_of_a_move()
    {
        // 2 lacks what 3 and 4 have, and would not be elected by them; they need a vote of 1 or 2, and 1 has none.
        var group = new Group(2, spares: 2);
        group.Elect(1);
        group.Teach(1, 3, 4);
        group.Cut(m => m.Kind == MessageKind.AppendReply);
        group.Change(1, [3, 4]);
        group.Settle();
        group.Cut(m => m is { Kind: MessageKind.Append, To.Value: 2 });
        group.Propose(1, 3);
        group.Settle();
        Assert.All([2, 3, 4], id => Assert.True(group[id].Core.Configuration.IsJoint));
        Assert.True(group[2].Log.LastIndex < group[3].Log.LastIndex);

        Wipe(group, 1);
        group.Heal();
        group.TickUntil(() => group[3].Core.IsLeaderReady || group[4].Core.IsLeaderReady);
        group.TickUntil(() => new[] { 3, 4 }.All(id => group[id].Core.Configuration.Equals(Group.Of([3, 4]))));
        Assert.False(group[1].Core.Abstains);
    }

    [Fact]
    public void Lesson_18_A_commit_index_of_an_earlier_term_does_not_readmit()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 10);
        group.Settle();
        group[3].Crash();
        group[3].LoseFrom(new LogIndex(4));
        group[3].Restart(abstains: true);
        group[2].Crash();
        group[2].Restart();
        group.Cut(m => m is { Kind: MessageKind.Append, To.Value: 2 });
        group[1].Crash();
        group[1].Restart();
        group.Elect(1);
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);

        // Node 3 is filled, but the leader of term 2 has nothing of its own committed, for want of node 2.
        Assert.Equal(group[1].Log.LastIndex, group[3].Core.PersistedIndex);
        Assert.True(group[3].Core.Abstains);
        group.Heal();
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        Assert.False(group[3].Core.Abstains);
    }

    [Fact]
    public void Lesson_18_It_is_its_leaders_commit_index_that_readmits_not_its_own()
    {
        var group = new Group(3, (setup, id) => setup with { Abstains = id.Value == 3 });
        group[3].Receive(Append(from: 1, to: 2, commit: 3));
        group[3].Flush();
        Assert.True(group[3].Core.Abstains);
        group[3].Receive(Append(from: 3, to: 3, commit: 3));
        group[3].Flush();
        Assert.False(group[3].Core.Abstains);
    }

    [Fact]
    public void A_node_that_is_no_voter_never_campaigns_but_answers()
    {
        var voters = VoterSet.Of(new(1), new(2));
        var stranger = new Node(new(3), voters, new NodeSetup(new Random(1)));
        for (int i = 0; i < 10 * RaftOptions.Default.ElectionTicks; i++)
            stranger.Tick();
        stranger.Campaign();
        Assert.Empty(stranger.Outgoing);
        stranger.Receive(new Packet(
            new RaftMessage { Kind = MessageKind.Vote, From = new(1), To = new(3), Term = new(1) }, []));
        stranger.SaveHardState();
        Assert.False(Assert.Single(stranger.Outgoing).Message.Rejected);
    }

    [Fact]
    public void The_answer_of_a_node_that_is_no_voter_is_not_counted()
    {
        var group = new Group(3);
        group.Isolate(1);
        group[1].Campaign();
        group.Settle();
        group[1].Receive(new Packet(
            new RaftMessage { Kind = MessageKind.PreVoteReply, From = new(9), To = new(1), Term = new(1) }, []));
        Assert.Equal(RaftRole.PreCandidate, group[1].Core.Role);
    }

    private static void Wipe(Group group, int id)
    {
        group[id].Crash();
        group[id].Wipe();
        group[id].Restart(abstains: true);
        foreach (Node other in group.Nodes.Where(node => node != group[id]))
            other.Input(() => other.Core.PeerSession(group[id].Id));
    }

    private static Packet Append(long from, long to, long commit) => new(
        new RaftMessage
        {
            Kind = MessageKind.Append,
            From = new(1),
            To = new(3),
            Term = new(1),
            PrevIndex = new(from - 1),
            PrevTerm = new(from > 1 ? 1 : 0),
            LastIndex = new(to),
            EntriesTerm = new(1),
            Commit = new(commit),
        },
        [.. Enumerable.Range((int)from, (int)(to - from) + 1).Select(id => new TestEntry(new Term(1), id))]);
}
