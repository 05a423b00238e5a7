using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Linearizable reads (6.4).</summary>
public sealed class ReadIndexTests
{
    [Fact]
    public void Section_6_4_A_read_waits_until_a_quorum_was_heard_after_it()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Tick(RaftOptions.Default.HeartbeatTicks);
        Read(leader, 7);
        Assert.Empty(leader.Reads);
        group.Settle();
        Assert.Equal([new ReadState(7, new LogIndex(1))], leader.Reads);
    }

    [Fact]
    public void Section_6_4_A_leader_that_was_replaced_without_knowing_answers_no_read()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(1);
        group.Tick(2 * RaftOptions.Default.ElectionTicks, node => node.Id.Value != 1);
        group.TickUntil(() => group[2].IsLeader || group[3].IsLeader);
        Read(group[1], 7);
        group.Tick(2 * RaftOptions.Default.ElectionTicks);
        Assert.All(group[1].Reads, read => Assert.Null(read.Index));
        Assert.Single(group[1].Reads);
    }

    [Fact]
    public void Section_6_4_One_round_serves_all_that_asked_before_it_began()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        for (ulong context = 1; context <= 10; context++)
            Read(leader, context);

        // The first began a round; the other nine wait for the next, and share it.
        group.Settle();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], leader.Reads.Select(read => read.Context));
        Assert.Equal(4, group.Delivered.Count(m => m is { Kind: MessageKind.Heartbeat, ReadRound: > 0 }));
    }

    [Fact]
    public void A_follower_answers_that_it_does_not_lead()
    {
        var group = new Group(3);
        group.Elect(1);
        Read(group[2], 5);
        Assert.Equal([new ReadState(5, null)], group[2].Reads);
    }

    [Fact]
    public void A_group_of_one_answers_at_once()
    {
        var group = new Group(1);
        Node leader = group.Elect(1);
        Read(leader, 5);
        Assert.Equal([new ReadState(5, new LogIndex(1))], leader.Reads);
    }

    private static void Read(Node node, ulong context) => node.Input(() => node.Core.ReadIndex(context));
}
