using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Persisted state (3.8): what is on disk before what is said.</summary>
public sealed class PersistenceTests
{
    [Fact]
    public void Section_3_8_No_vote_is_asked_for_before_term_and_own_vote_are_durable()
    {
        var group = new Group(3);
        group[1].Campaign();
        group.DeliverOnce();
        group.DeliverOnce();
        Assert.Equal(RaftRole.Candidate, group[1].Core.Role);
        Assert.Empty(group[1].Outgoing);
        group[1].SaveHardState();
        Assert.Equal(2, group[1].Outgoing.Count(packet => packet.Message.Kind == MessageKind.Vote));
    }

    [Fact]
    public void Section_3_8_No_vote_is_given_before_it_is_durable()
    {
        var group = new Group(3);
        group[2].Receive(new Packet(
            new RaftMessage { Kind = MessageKind.Vote, From = new(1), To = new(2), Term = new(1) }, []));
        Assert.Empty(group[2].Outgoing);
        group[2].SaveHardState();
        Assert.Equal(MessageKind.VoteReply, Assert.Single(group[2].Outgoing).Message.Kind);
    }

    [Fact]
    public void Section_3_8_Nothing_is_acknowledged_before_it_is_flushed()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1);
        group.Settle(node => node.Id.Value == 1);
        Assert.Equal(new LogIndex(1), group[1].Core.CommitIndex);
        group[2].Flush();
        group.DeliverOnce();
        Assert.Equal(new LogIndex(2), group[1].Core.CommitIndex);
    }

    [Fact]
    public void An_acknowledgement_waits_for_the_term_too()
    {
        var group = new Group(3);
        group.Elect(1);
        Node follower = group[2];
        follower.Receive(new Packet(
            new RaftMessage
            {
                Kind = MessageKind.Append,
                From = new(3),
                To = new(2),
                Term = new(2),
                PrevIndex = new(1),
                PrevTerm = new(1),
                LastIndex = new(2),
                EntriesTerm = new(2),
            },
            [new TestEntry(new Term(2), 1)]));
        follower.BeginWrite();
        follower.EndWrite();
        Assert.Empty(follower.Outgoing);
        follower.SaveHardState();
        Assert.Equal(new LogIndex(2), Assert.Single(follower.Outgoing).Message.Match);
    }

    [Fact]
    public void A_flush_of_what_was_truncated_meanwhile_is_recognised()
    {
        var log = MemoryLog.OfTerms(1, 1, 1);
        var start = new RaftStart(HardState.Initial, LogIndex.Zero);
        var core = new RaftCore(new(2), VoterSet.Of(new(1), new(2)), start, log, RaftOptions.Default, new Random(1));
        LogChange change = core.Receive(new RaftMessage
        {
            Kind = MessageKind.Append,
            From = new(1),
            To = new(2),
            Term = new(2),
            PrevIndex = new(1),
            PrevTerm = new(1),
            LastIndex = new(2),
            EntriesTerm = new(2),
        });
        Assert.Equal(new LogChange(new LogIndex(2), new LogIndex(2), new LogIndex(2)), change);
        log.TruncateFrom(new LogIndex(2));
        log.Append(new TestEntry(new Term(2), 1));
        Assert.Equal(new LogIndex(1), core.PersistedIndex);
        core.Persisted(new LogIndex(3), new Term(1));
        core.Persisted(new LogIndex(2), new Term(1));
        Assert.Equal(new LogIndex(1), core.PersistedIndex);
        core.Persisted(new LogIndex(2), new Term(2));
        Assert.Equal(new LogIndex(2), core.PersistedIndex);
    }
}
