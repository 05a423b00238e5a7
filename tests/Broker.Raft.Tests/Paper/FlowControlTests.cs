using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Paper;

/// <summary>A bounded amount under way, to each follower for itself.</summary>
public sealed class FlowControlTests
{
    private static readonly RaftOptions Small = new()
    {
        MaxMessageBytes = 300,
        MaxInflightBytes = 1000,
        MaxInflightMessages = 3,
    };

    [Fact]
    public void A_follower_gets_no_more_than_the_window_before_it_answers()
    {
        var group = new Group(3, (setup, _) => setup with { Options = Small });
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1, 100);
        Packet[] sent = [.. group[1].Outgoing.Where(packet => packet.Message.To.Value == 3)];
        Assert.Equal([3, 3, 3], sent.Select(packet => packet.Entries.Count));
        group.Settle();
        Assert.Equal(new LogIndex(101), group[1].Core.CommitIndex);
    }

    [Fact]
    public void An_entry_larger_than_every_bound_travels_alone()
    {
        var group = new Group(3, (setup, _) => setup with
        {
            Options = Small,
            Log = new MemoryLog { EntryBytes = 5000 },
        });
        group.Elect(1);
        group.Propose(1, 5);
        group.Settle();
        Assert.Equal(new LogIndex(6), group[1].Core.CommitIndex);
        IEnumerable<RaftMessage> appends = group.Delivered.Where(m => m.Kind == MessageKind.Append);
        Assert.All(appends, append => Assert.InRange(append.LastIndex - append.PrevIndex, 0, 1));
    }

    [Fact]
    public void A_slow_disk_holds_back_only_its_own_follower()
    {
        var group = new Group(3, (setup, _) => setup with { Options = Small });
        group.Elect(1);
        group.Settle();
        for (int i = 0; i < 50; i++)
        {
            group.Propose(1, 3);
            group.Settle(node => node.Id.Value != 3);
        }

        Assert.Equal(new LogIndex(151), group[1].Core.CommitIndex);
        Assert.InRange(group[3].Log.LastIndex.Value, 1, 1 + 9);
    }

    [Fact]
    public void A_follower_whose_next_entry_is_gone_is_stranded_and_told_apart()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1, 20);
        group.Settle();
        group[1].Log.RemoveUpTo(new LogIndex(10));
        group.Heal();
        group.Tick(4 * RaftOptions.Default.HeartbeatTicks);
        Assert.Equal(ProgressState.Stranded, group[1].Core.Progress(new BrokerId(3))!.Value.State);
        Assert.Equal(ProgressState.Replicate, group[1].Core.Progress(new BrokerId(2))!.Value.State);
    }

    [Fact]
    public void Being_in_sync_is_having_reached_the_end_as_it_was_not_as_it_is()
    {
        var group = new Group(3);
        Node leader = group.Elect(1);
        group.Isolate(3);
        for (int i = 0; i < 100; i++)
        {
            // Follower 2's answers always come after the next entry was appended: it is never level with the end.
            group.Propose(1);
            foreach (Node node in group.Nodes)
                node.Tick();
            group.DeliverOnce();
            group[1].Flush();
            group[2].Flush();
        }

        Assert.InRange(leader.Core.Now - leader.Core.Progress(new BrokerId(2))!.Value.CaughtUpAt, 0, 5);
        Assert.InRange(leader.Core.Now - leader.Core.Progress(new BrokerId(3))!.Value.CaughtUpAt, 95, 100);
    }
}
