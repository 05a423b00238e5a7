using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lessons 17 and 22: a follower is told nothing that it has not verified.</summary>
public sealed class FollowerCommitTests
{
    [Fact]
    public void Lesson_20_Nothing_is_acknowledged_before_the_first_entry_was_verified()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 5);
        group.Settle();
        group[2].Crash();
        group[2].Restart();
        group[2].Receive(new Packet(Heartbeat(commit: 6), []));
        RaftMessage answer = Assert.Single(group[2].Outgoing).Message;
        Assert.Equal((LogIndex.Zero, LogIndex.Zero), (answer.Match, answer.LastIndex));
    }

    [Fact]
    public void Lesson_22_A_heartbeat_moves_the_commit_index_only_to_what_was_verified_in_this_term()
    {
        var group = new Group(3, (setup, id) => setup with { Log = MemoryLog.OfTerms(1, 1, 1, 1) });
        group[2].Receive(new Packet(Heartbeat(commit: 4), []));
        Assert.Equal(LogIndex.Zero, group[2].Core.CommitIndex);
    }

    [Fact]
    public void Lesson_22_An_append_moves_the_commit_index_only_to_its_own_last_entry()
    {
        var group = new Group(3, (setup, id) => setup with { Log = MemoryLog.OfTerms(1, 1, 1, 1) });
        group[2].Receive(new Packet(
            new RaftMessage
            {
                Kind = MessageKind.Append,
                From = new(1),
                To = new(2),
                Term = new(2),
                PrevIndex = new(2),
                PrevTerm = new(1),
                LastIndex = new(2),
                Commit = new(4),
            },
            []));
        Assert.Equal(new LogIndex(2), group[2].Core.CommitIndex);
    }

    private static RaftMessage Heartbeat(long commit) => new()
    {
        Kind = MessageKind.Heartbeat,
        From = new(1),
        To = new(2),
        Term = new(1),
        Commit = new(commit),
    };
}
