using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests;

public sealed class RaftCoreTests
{
    private static readonly Term First = new(1);

    [Fact]
    public void In_steady_state_a_leader_allocates_nothing()
    {
        var log = new CountingLog(First);
        RaftCore leader = Lead(log);
        var ready = new Ready();
        for (int i = 0; i < 1000; i++)
            Round(leader, log, ready);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            Round(leader, log, ready);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(log.LastIndex, leader.CommitIndex);
    }

    [Fact]
    public void In_steady_state_a_follower_allocates_nothing()
    {
        var log = new CountingLog(First);
        var core = new RaftCore(new(2), Three(), new RaftStart(HardState.Initial, default), log, new(), new Random(1));
        var ready = new Ready();
        core.Receive(new RaftMessage { Kind = MessageKind.Heartbeat, From = new(1), To = new(2), Term = First });
        core.HardStatePersisted(new HardState(First, BrokerId.None));
        long before = 0;
        for (int i = 0; i < 11_000; i++)
        {
            if (i == 1000)
                before = GC.GetAllocatedBytesForCurrentThread();

            core.Receive(new RaftMessage
            {
                Kind = MessageKind.Append,
                From = new(1),
                To = new(2),
                Term = First,
                PrevIndex = log.LastIndex,
                PrevTerm = log.LastTerm,
                LastIndex = log.LastIndex + 1,
                EntriesTerm = First,
                Commit = log.LastIndex,
            });
            log.LastIndex += 1;
            core.Persisted(log.LastIndex, First);
            core.Tick();
            core.TakeReady(ready);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(log.LastIndex - 1, core.CommitIndex);
    }

    private static VoterSet Three() => VoterSet.Of(new(1), new(2), new(3));

    private static RaftCore Lead(CountingLog log)
    {
        var start = new RaftStart(HardState.Initial, LogIndex.Zero);
        var leader = new RaftCore(new(1), Three(), start, log, RaftOptions.Default, new Random(1));
        leader.Campaign();
        leader.Receive(new RaftMessage { Kind = MessageKind.PreVoteReply, From = new(2), To = new(1), Term = First });
        leader.HardStatePersisted(new HardState(First, new(1)));
        leader.Receive(new RaftMessage { Kind = MessageKind.VoteReply, From = new(2), To = new(1), Term = First });
        Assert.Equal(RaftRole.Leader, leader.Role);
        log.LastIndex = new(1);
        leader.Appended(log.LastIndex);
        return leader;
    }

    /// <summary>A proposal, its sends, its flush, two acknowledgements, and a tick with what belongs to it.</summary>
    private static void Round(RaftCore leader, CountingLog log, Ready ready)
    {
        log.LastIndex = leader.BeginProposal()!.Value;
        leader.Appended(log.LastIndex);
        leader.TakeReady(ready);
        leader.Persisted(log.LastIndex, First);
        Answer(leader, log, ready, MessageKind.AppendReply);
        leader.ReadIndex(7);
        leader.Tick();
        leader.TakeReady(ready);
        Answer(leader, log, ready, MessageKind.HeartbeatReply);
        leader.TakeReady(ready);
    }

    private static void Answer(RaftCore leader, CountingLog log, Ready ready, MessageKind kind)
    {
        ulong round = ready.Messages.Count > 0 ? ready.Messages[^1].ReadRound : 0;
        for (int from = 2; from <= 3; from++)
        {
            leader.Receive(new RaftMessage
            {
                Kind = kind,
                From = new(from),
                To = new(1),
                Term = First,
                LastIndex = log.LastIndex,
                Match = log.LastIndex,
                ReadRound = round,
            });
        }
    }
}
