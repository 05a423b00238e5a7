using Broker.Model;
using Broker.Protocol;
using Broker.Server.Partitions.Transactions;
using Broker.Server.Transactions;
using Xunit;
using static Broker.Server.Tests.Transactions.TransactionCoordinatorBench;

namespace Broker.Server.Tests.Transactions;

/// <summary>What a coordinator writes, when it answers, and how it goes on after another one.</summary>
public sealed class TransactionCoordinatorTests : IDisposable
{
    private readonly TransactionCoordinatorBench _bench = new();

    public TransactionCoordinatorTests() => _bench.Group.Lead(term: 1);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_producer_is_given_its_id_when_that_is_committed()
    {
        Task<(ErrorCode, ProducerId, short)> init =
            _bench.Coordinator.InitAsync(Id, 1000, null, CancellationToken.None);
        _bench.Group.TakeProposals();
        Assert.False(init.IsCompleted);
        _bench.Group.CommitAll();

        Assert.Equal((ErrorCode.None, new ProducerId(100), (short)0), await init);
        Assert.Equal((ErrorCode.None, new ProducerId(100), (short)1), await _bench.InitAsync());
    }

    [Fact]
    public async Task A_commit_is_answered_when_it_is_decided_and_complete_when_all_have_their_markers()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync(partitions: 2);
        long number = _bench.State!.Number;

        Assert.Equal(
            ErrorCode.None, await _bench.DoneAsync(_bench.Coordinator.EndAsync(Id, producer, epoch, commit: true)));
        Assert.Equal(TransactionStatus.PrepareCommit, _bench.State.Status);
        Assert.Equal(
            ErrorCode.ConcurrentTransactions, await _bench.Coordinator.AddAsync(Id, producer, epoch, Accounts(1)));
        await Eventually.HoldsAsync(() => _bench.Markers.Waiting == 1);
        Assert.All(_bench.Markers.Wishes, wish => Assert.Equal(
            (producer.Value, epoch, true, number, 1, 5),
            (wish.Producer, wish.Epoch, wish.IsCommit, wish.Number, wish.CoordinatorEpoch, wish.Term)));

        _bench.Markers.Answer(EndOutcome.Ended, EndOutcome.Ended);
        await CompleteAsync(TransactionStatus.CompleteCommit);
        Assert.Empty(_bench.State.Partitions);
    }

    [Fact]
    public async Task Markers_are_sent_again_to_those_alone_that_have_not_got_theirs()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync(partitions: 2);
        await _bench.DoneAsync(_bench.Coordinator.EndAsync(Id, producer, epoch, commit: false));
        await Eventually.HoldsAsync(() => _bench.Markers.Waiting == 1);
        _bench.Markers.Answer(null);
        await NextCallAsync();
        Assert.Equal(4, _bench.Markers.Wishes.Count);
        _bench.Markers.Answer(EndOutcome.Ended, EndOutcome.NotLeader);
        await NextCallAsync();

        Assert.Equal(1, _bench.Markers.Wishes[^1].Partition.Index);
        Assert.Equal(5, _bench.Markers.Wishes.Count);
        Assert.Equal(TransactionStatus.PrepareAbort, _bench.State!.Status);
        _bench.Markers.Answer(EndOutcome.Ended);
        await CompleteAsync(TransactionStatus.CompleteAbort);
    }

    [Fact]
    public async Task A_transaction_whose_time_is_over_is_aborted_and_its_producer_is_fenced()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync(timeout: 1000);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1100));
        _bench.Commit();

        Assert.Equal(TransactionStatus.PrepareAbort, _bench.State!.Status);
        Assert.Equal(epoch + 1, _bench.State.Epoch);
        Assert.Equal(ErrorCode.ProducerFenced, await _bench.Coordinator.EndAsync(Id, producer, epoch, commit: true));
    }

    [Fact]
    public async Task A_transaction_that_was_ended_in_time_is_not_timed_out()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync(timeout: 1000);
        await _bench.DoneAsync(_bench.Coordinator.EndAsync(Id, producer, epoch, commit: true));
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1100));
        _bench.Commit();

        Assert.Equal((TransactionStatus.PrepareCommit, epoch), (_bench.State!.Status, _bench.State.Epoch));
    }

    [Fact]
    public async Task While_the_outcome_of_a_record_is_not_known_nothing_else_is_decided()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync(timeout: 60_000);
        Task<ErrorCode> end = _bench.Coordinator.EndAsync(Id, producer, epoch, commit: true);
        _bench.Group.TakeProposals();
        _bench.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await end);
        Assert.Equal(
            ErrorCode.ConcurrentTransactions, await _bench.Coordinator.EndAsync(Id, producer, epoch, commit: false));
        _bench.Time.Advance(TimeSpan.FromSeconds(60));
        _bench.Commit();
        Assert.Equal((TransactionStatus.PrepareCommit, epoch), (_bench.State!.Status, _bench.State.Epoch));
    }

    [Fact]
    public async Task Who_takes_over_ends_what_was_decided()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync();
        await _bench.DoneAsync(_bench.Coordinator.EndAsync(Id, producer, epoch, commit: true));
        await Eventually.HoldsAsync(() => _bench.Markers.Waiting == 1);
        byte[] checkpoint = _bench.Group.Checkpoint();
        _bench.Coordinator.Depose();
        _bench.RestartFrom(checkpoint);
        _bench.Group.Lead(term: 2);

        await Eventually.HoldsAsync(() => _bench.Markers.Waiting == 2);
        Assert.Equal((true, 2), (_bench.Markers.Wishes[^1].IsCommit, _bench.Markers.Wishes[^1].CoordinatorEpoch));
    }

    [Fact]
    public async Task Who_takes_over_gives_an_open_transaction_its_time_in_full()
    {
        await _bench.BeginAsync(timeout: 1000);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(900));
        _bench.Group.Lead(term: 2);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(900));
        _bench.Commit();
        Assert.Equal(TransactionStatus.Ongoing, _bench.State!.Status);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(200));
        _bench.Commit();
        Assert.Equal(TransactionStatus.PrepareAbort, _bench.State.Status);
    }

    [Fact]
    public async Task Partitions_leaders_are_told_of_what_is_open_and_of_nothing_else()
    {
        (ProducerId producer, short epoch) = await _bench.BeginAsync();
        TopicPartition[] accounts = Accounts(2);

        Assert.Equal(
            (ErrorCode.None, _bench.State!.Number, 1),
            _bench.Coordinator.Verify(Id, producer, epoch, accounts[0]));
        Assert.Equal(ErrorCode.InvalidTxnState, _bench.Coordinator.Verify(Id, producer, epoch, accounts[1]).Error);
        Assert.Equal(ErrorCode.ProducerFenced, _bench.Coordinator.Verify(Id, producer, 7, accounts[0]).Error);
        _bench.Group.Lead(term: 2, ready: false);
        Assert.Equal(
            ErrorCode.CoordinatorLoadInProgress, _bench.Coordinator.Verify(Id, producer, epoch, accounts[0]).Error);
    }

    [Fact]
    public async Task An_id_that_is_not_used_is_forgotten_and_one_with_a_transaction_is_not()
    {
        await _bench.InitAsync();
        _bench.Coordinator.Expire(before: 0);
        _bench.Commit();
        Assert.NotNull(_bench.State);
        _bench.Coordinator.Expire(before: long.MaxValue);
        _bench.Commit();
        Assert.Null(_bench.State);

        await _bench.BeginAsync();
        _bench.Coordinator.Expire(before: long.MaxValue);
        _bench.Commit();
        Assert.Equal(TransactionStatus.Ongoing, _bench.State!.Status);
    }

    // The clock moves as long as somebody waits for it.
    private Task NextCallAsync() => Eventually.HoldsAsync(() =>
    {
        _bench.Time.Advance(TimeSpan.FromMilliseconds(20));
        return _bench.Markers.Waiting == 1;
    });

    private Task CompleteAsync(TransactionStatus status) => Eventually.HoldsAsync(() =>
    {
        _bench.Commit();
        return _bench.State!.Status == status;
    });
}
