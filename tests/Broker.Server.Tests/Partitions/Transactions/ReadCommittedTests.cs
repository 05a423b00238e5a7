using Broker.Model;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions.Transactions;

/// <summary>What readers of committed transactions are shown, and how far.</summary>
public sealed class ReadCommittedTests : IDisposable
{
    private readonly TransactionBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Readers_of_committed_records_stop_at_the_first_open_transaction_and_others_do_not()
    {
        await _bench.StoreAsync(number: 10);

        (FetchOutcome outcome, long bytes) = await _bench.FetchAsync(0);
        Assert.Equal((new Offset(1), Offset.Zero, 0), (outcome.HighWatermark, outcome.LastStable, bytes));
        Assert.True((await _bench.FetchAsync(0, readCommitted: false)).Bytes > 0);
        Assert.Equal(Offset.Zero, await EndAsync(readCommitted: true));
        Assert.Equal(new Offset(1), await EndAsync(readCommitted: false));
    }

    [Fact]
    public async Task Lesson_1_an_end_that_is_not_committed_shows_nothing()
    {
        await _bench.StoreAsync(number: 10);
        Task<Server.Partitions.Transactions.EndOutcome> end = _bench.End(number: 10);
        _bench.Group.TakeProposals();
        Assert.Equal(Offset.Zero, (await _bench.FetchAsync(0)).Outcome.LastStable);

        await _bench.DoneAsync(end);
        (FetchOutcome outcome, long bytes) = await _bench.FetchAsync(0);
        Assert.Equal(new Offset(2), outcome.LastStable);
        Assert.True(bytes > 0);
        Assert.Empty(outcome.Aborted);
    }

    [Fact]
    public async Task What_was_aborted_is_named_with_the_records_that_it_left()
    {
        await _bench.StoreAsync(number: 10);
        await _bench.DoneAsync(_bench.End(number: 10, commit: false));
        await _bench.StoreAsync(number: 11);
        await _bench.DoneAsync(_bench.End(number: 11));

        FetchOutcome outcome = (await _bench.FetchAsync(0)).Outcome;
        Assert.Equal((TransactionBench.Producer, Offset.Zero), outcome.Aborted.Select(
            aborted => (aborted.Producer, aborted.First)).Single());
        Assert.Empty((await _bench.FetchAsync(2)).Outcome.Aborted);
        Assert.Empty((await _bench.FetchAsync(0, readCommitted: false)).Outcome.Aborted);
    }

    [Fact]
    public async Task A_restart_from_a_checkpoint_knows_what_is_open_and_what_was_aborted()
    {
        await _bench.StoreAsync(number: 10);
        await _bench.DoneAsync(_bench.End(number: 10, commit: false));
        await _bench.StoreAsync(number: 11);
        byte[] checkpoint = _bench.Group.Checkpoint();
        _bench.RestartFrom(checkpoint);
        _bench.Group.Lead(term: 2);

        FetchOutcome outcome = (await _bench.FetchAsync(0)).Outcome;
        Assert.Equal(new Offset(2), outcome.LastStable);
        Assert.Single(outcome.Aborted);
        Assert.Equal(
            Server.Partitions.Transactions.EndOutcome.Ended,
            await _bench.DoneAsync(_bench.End(number: 11, term: 2)));
        Assert.Equal(new Offset(4), (await _bench.FetchAsync(0)).Outcome.LastStable);
    }

    private async Task<Offset> EndAsync(bool readCommitted) =>
        (await _bench.Partition.LookUpAsync(-1, new Term(-1), readCommitted)).Offset;
}
