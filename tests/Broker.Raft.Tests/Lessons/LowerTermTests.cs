using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 26: a lower term is always answered, and a higher one is not held against the group.</summary>
public sealed class LowerTermTests
{
    [Fact]
    public void Lesson_26_A_node_that_returns_with_a_higher_term_is_taken_back()
    {
        var group = new Group(3, (setup, id) => setup with
        {
            Hard = new HardState(new Term(id.Value == 3 ? 9 : 1), BrokerId.None),
        });
        group.Isolate(3);
        group.Elect(1);
        group.Propose(1, 3);
        group.Settle();
        group.Heal();
        group.TickUntil(() => group[3].Core.CommitIndex >= new LogIndex(4), 10 * RaftOptions.Default.ElectionTicks);
        Assert.All(group.Nodes, node => Assert.InRange(node.Core.CurrentTerm.Value, 10, 12));
    }

    [Fact]
    public void Lesson_26_A_leader_of_a_lower_term_is_told_the_term()
    {
        var group = new Group(3, (setup, _) => setup with { Hard = new HardState(new Term(5), BrokerId.None) });
        MessageKind[] kinds = [MessageKind.Append, MessageKind.Heartbeat, MessageKind.Vote, MessageKind.PreVote];
        foreach (MessageKind kind in kinds)
        {
            var message = new RaftMessage { Kind = kind, From = new(1), To = new(2), Term = new(3) };
            group[2].Receive(new Packet(message, []));
        }

        Assert.Equal(kinds.Length, group[2].Outgoing.Count);
        Assert.All(group[2].Outgoing, packet => Assert.Equal(new Term(5), packet.Message.Term));
        Assert.All(group[2].Outgoing, packet => Assert.True(packet.Message.Rejected));
    }

    [Fact]
    public void Lesson_26_A_higher_term_with_a_shorter_log_does_not_block_the_only_electable_node()
    {
        var group = new Group(3, (setup, id) => setup with
        {
            Hard = new HardState(new Term(id.Value == 2 ? 10 : 3), BrokerId.None),
            Log = id.Value == 2 ? new MemoryLog() : MemoryLog.OfTerms(1, 2, 3),
        });
        group.Isolate(3);
        int ticks = group.TickUntil(() => group[1].Core.IsLeaderReady);
        Assert.InRange(ticks, 1, 6 * RaftOptions.Default.ElectionTicks);
    }
}
