using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>Log replication (3.5).</summary>
public sealed class LogReplicationTests
{
    [Theory]
    [InlineData(new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6 })]
    [InlineData(new[] { 1, 1, 1, 4 })]
    [InlineData(new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6 })]
    [InlineData(new[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7 })]
    [InlineData(new[] { 1, 1, 1, 4, 4, 4, 4 })]
    [InlineData(new[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 })]
    [InlineData(new int[0])]
    public void Section_3_5_A_follower_in_any_state_of_figure_3_6_ends_with_the_leaders_log(int[] follower)
    {
        var group = new Group(3, (setup, id) => setup with
        {
            Hard = new HardState(new Term(7), BrokerId.None),
            Log = MemoryLog.OfTerms(id.Value == 2 ? follower : [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]),
        });
        group.Isolate(2);
        group.Elect(1);
        group.Heal();
        group.Tick(3 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(group[1].Log.Entries, group[2].Log.Entries);
        Assert.Equal(group[1].Core.CommitIndex, group[2].Core.CommitIndex);
    }

    [Fact]
    public void Section_3_5_A_late_shorter_append_removes_nothing()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 5);
        group.Settle();
        group[2].Receive(new Packet(
            new RaftMessage
            {
                Kind = MessageKind.Append,
                From = new(1),
                To = new(2),
                Term = new(1),
                PrevIndex = new(1),
                PrevTerm = new(1),
                LastIndex = new(2),
                EntriesTerm = new(1),
            },
            [group[1].Log[new LogIndex(2)]]));
        Assert.Equal(new LogIndex(6), group[2].Log.LastIndex);
    }

    [Fact]
    public void Section_3_5_An_append_that_comes_twice_is_answered_twice_and_written_once()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 3);
        group[1].ApplyReady();
        Packet append = group[1].Outgoing.Single(packet => packet.Message.To.Value == 2);
        group.Settle();
        group[2].Receive(append);
        RaftMessage answer = Assert.Single(group[2].Outgoing).Message;
        Assert.Equal((new LogIndex(4), false), (answer.Match, answer.Rejected));
        Assert.Equal(new LogIndex(4), group[2].Log.LastIndex);
    }

    [Fact]
    public void Section_3_5_A_duplicate_of_what_is_not_flushed_is_not_acknowledged()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1, 3);
        Packet append = group[1].Outgoing.Single(packet => packet.Message.To.Value == 2);
        group[2].Receive(append);
        group[2].Receive(append);
        Assert.DoesNotContain(group[2].Outgoing, packet => packet.Message.Match > new LogIndex(1));
        group[2].Flush();
        Assert.Contains(group[2].Outgoing, packet => packet.Message.Match == new LogIndex(4));
    }

    [Fact]
    public void A_leaders_second_append_does_not_wait_for_the_first_answer()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Propose(1);
        group.Propose(1);
        group.Propose(1);
        IEnumerable<Packet> sent = group[1].Outgoing.Where(packet => packet.Message.To.Value == 2);
        Assert.Equal([2, 3, 4], sent.Select(packet => packet.Message.LastIndex.Value));
    }
}
