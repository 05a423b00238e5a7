using Broker.Model;
using Broker.Raft;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions.Reading;

/// <summary>Who may read what, and up to where.</summary>
public sealed class PartitionReadsTests : IDisposable
{
    private readonly PartitionBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Lesson_1_a_leader_answers_only_behind_a_committed_entry_of_its_own_term()
    {
        _bench.Group.Lead(term: 1);
        await _bench.StoreAsync(records: 3);
        _bench.Group.Lead(term: 2, ready: false);

        Assert.Equal(PartitionFault.LeaderNotReady, (await _bench.FetchAsync(0)).Outcome.Fault);
        OffsetOutcome end = await _bench.Partition.LookUpAsync(-1, new Term(2), readCommitted: false);
        Assert.Equal(PartitionFault.LeaderNotReady, end.Fault);

        _bench.Group.CommitAll();
        (FetchOutcome outcome, long bytes) = await _bench.FetchAsync(0);
        Assert.Equal((PartitionFault.None, new Offset(3)), (outcome.Fault, outcome.HighWatermark));
        Assert.True(bytes > 0);
    }

    [Fact]
    public async Task Lesson_17_nothing_is_shown_beyond_what_is_committed()
    {
        _bench.Group.Lead(term: 1);
        await _bench.StoreAsync(records: 3);
        Task<ProduceOutcome> open = _bench.Produce(records: 2);
        _bench.Group.TakeProposals();

        (FetchOutcome outcome, long bytes) = await _bench.FetchAsync(3);
        Assert.Equal((PartitionFault.None, new Offset(3), 0L), (outcome.Fault, outcome.HighWatermark, bytes));
        OffsetOutcome end = await _bench.Partition.LookUpAsync(-1, new Term(1), readCommitted: false);
        Assert.Equal(new Offset(3), end.Offset);

        _bench.Group.CommitAll();
        await open;
        Assert.True((await _bench.FetchAsync(3)).Bytes > 0);
    }

    [Fact]
    public async Task Epochs_older_and_newer_than_the_leader_s_are_fenced()
    {
        _bench.Group.Lead(term: 4);

        Assert.Equal(PartitionFault.FencedEpoch, (await _bench.FetchAsync(0, currentEpoch: 3)).Outcome.Fault);
        Assert.Equal(PartitionFault.UnknownEpoch, (await _bench.FetchAsync(0, currentEpoch: 5)).Outcome.Fault);
        Assert.Equal(PartitionFault.None, (await _bench.FetchAsync(0, currentEpoch: 4)).Outcome.Fault);
    }

    [Fact]
    public async Task A_follower_sends_readers_away_and_the_last_leader_shows_what_it_knows_to_be_committed()
    {
        _bench.Group.Lead(term: 1);
        await _bench.StoreAsync(records: 3);
        _bench.Group.Become(new() { Role = RaftRole.Follower, Term = new Term(2), Leader = new BrokerId(2) });
        Assert.Equal(PartitionFault.NotLeader, (await _bench.FetchAsync(0)).Outcome.Fault);

        _bench.Group.Become(new() { Role = RaftRole.Follower, Term = new Term(1), Leader = BrokerId.None });
        (FetchOutcome outcome, long bytes) = await _bench.FetchAsync(0);
        Assert.Equal(PartitionFault.None, outcome.Fault);
        Assert.True(bytes > 0);
        OffsetOutcome end = await _bench.Partition.LookUpAsync(-1, new Term(-1), readCommitted: false);
        Assert.Equal(PartitionFault.NotLeader, end.Fault);
    }

    [Fact]
    public async Task Lesson_20_a_leader_that_restarted_shows_no_older_high_watermark_than_before()
    {
        _bench.Group.Lead(term: 1);
        await _bench.StoreAsync(records: 3);
        _bench.Group.Become(new() { Role = RaftRole.Follower, Term = new Term(1), Leader = BrokerId.None });
        _bench.RestartFrom(_bench.Group.Checkpoint());

        Assert.Equal(PartitionFault.NotLeader, (await _bench.FetchAsync(0)).Outcome.Fault);

        _bench.Group.Lead(term: 2);
        Assert.Equal(new Offset(3), (await _bench.FetchAsync(0)).Outcome.HighWatermark);
    }

    [Fact]
    public async Task Offsets_outside_the_log_are_refused()
    {
        _bench.Group.Lead(term: 1);
        await _bench.StoreAsync(records: 3);
        await _bench.StoreAsync(records: 3);
        _bench.Group.MoveLogStart(_bench.Group.LastIndex, new Offset(3));

        Assert.Equal(PartitionFault.OffsetOutOfRange, (await _bench.FetchAsync(2)).Outcome.Fault);
        Assert.Equal(PartitionFault.OffsetOutOfRange, (await _bench.FetchAsync(7)).Outcome.Fault);
        Assert.Equal(PartitionFault.None, (await _bench.FetchAsync(6)).Outcome.Fault);
    }

    [Fact]
    public async Task A_waiter_is_woken_once_when_more_is_committed_or_leadership_changes()
    {
        _bench.Group.Lead(term: 1);
        var waiter = new CountingWaiter();
        _bench.Partition.Watch(waiter);
        await _bench.StoreAsync();
        await _bench.StoreAsync();
        Assert.Equal(1, waiter.Wakes);

        _bench.Partition.Watch(waiter);
        _bench.Group.Become(_bench.Group.Status with { Role = RaftRole.Follower });
        Assert.Equal(2, waiter.Wakes);

        _bench.Partition.Watch(waiter);
        _bench.Partition.Unwatch(waiter);
        _bench.Group.Become(_bench.Group.Status with { Leader = new BrokerId(3) });
        Assert.Equal(2, waiter.Wakes);
    }

    private sealed class CountingWaiter : PartitionWaiter
    {
        public int Wakes { get; private set; }

        public override void Wake() => Wakes++;
    }
}
