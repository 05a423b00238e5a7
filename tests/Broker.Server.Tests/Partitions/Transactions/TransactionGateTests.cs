using Broker.Model;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;
using Xunit;

namespace Broker.Server.Tests.Partitions.Transactions;

/// <summary>What a leader appends in a transaction, and what not (KIP-890, part 1).</summary>
public sealed class TransactionGateTests : IDisposable
{
    private readonly TransactionBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_coordinator_is_asked_once_and_all_that_waited_are_appended_in_order()
    {
        Task<ProduceOutcome>[] writes = [_bench.Write(), _bench.Write(), _bench.Write()];
        _bench.Group.TakeProposals();
        Assert.Equal((1, Offset.Zero), (_bench.Questions, _bench.Group.NextOffset));

        _bench.Answer(number: 10);
        ProduceOutcome[] outcomes = [await _bench.DoneAsync(writes[0]), await writes[1], await writes[2]];
        Assert.All(outcomes, outcome => Assert.Equal(PartitionFault.None, outcome.Fault));
        Assert.Equal([0, 1, 2], outcomes.Select(outcome => outcome.BaseOffset.Value));

        await _bench.StoreAsync(number: 10);
        Assert.Equal(0, _bench.Questions);
    }

    [Theory]
    [InlineData((int)PartitionFault.NotOfTransaction)]
    [InlineData((int)PartitionFault.InvalidProducerEpoch)]
    [InlineData((int)PartitionFault.Busy)]
    public async Task Without_the_coordinators_word_nothing_is_appended(int fault)
    {
        Task<ProduceOutcome> write = _bench.Write();
        _bench.Refuse((PartitionFault)fault);

        Assert.Equal((PartitionFault)fault, (await _bench.DoneAsync(write)).Fault);
        Assert.Equal(Offset.Zero, _bench.Group.NextOffset);
    }

    [Fact]
    public async Task After_its_marker_nothing_of_a_transaction_is_appended_and_the_next_is_asked_for()
    {
        await _bench.StoreAsync(number: 10);
        Task<ProduceOutcome> late = _bench.Write();
        Task<EndOutcome> end = _bench.End(number: 10);
        Task<ProduceOutcome> later = _bench.Write();
        Assert.Equal(0, _bench.Questions);

        Assert.Equal(PartitionFault.None, (await _bench.DoneAsync(late)).Fault);
        Assert.Equal(EndOutcome.Ended, await end);
        Assert.Equal(PartitionFault.NotOfTransaction, (await later).Fault);

        Task<ProduceOutcome> next = _bench.Write(sequence: 2);
        _bench.Answer(number: 11);
        Assert.Equal(PartitionFault.None, (await _bench.DoneAsync(next)).Fault);
    }

    [Fact]
    public async Task A_verification_that_a_marker_has_overtaken_is_worth_nothing()
    {
        Task<ProduceOutcome> write = _bench.Write();
        Assert.Equal(EndOutcome.Ended, await _bench.DoneAsync(_bench.End(number: 10)));
        _bench.Answer(number: 10);

        Assert.Equal(PartitionFault.NotOfTransaction, (await _bench.DoneAsync(write)).Fault);
    }

    [Fact]
    public async Task A_verification_of_another_term_is_worth_nothing()
    {
        Task<ProduceOutcome> write = _bench.Write();
        _bench.Group.Lead(term: 2);
        _bench.Answer(number: 10);

        Assert.Equal(PartitionFault.NotLeader, (await _bench.DoneAsync(write)).Fault);
        Task<ProduceOutcome> again = _bench.Write(sequence: 0);
        Assert.Equal(1, _bench.Questions);
        _bench.Answer(number: 10);
        Assert.Equal(PartitionFault.None, (await _bench.DoneAsync(again)).Fault);
    }

    [Fact]
    public async Task A_verification_by_a_coordinator_that_was_followed_by_another_is_worth_nothing()
    {
        await _bench.StoreAsync(number: 10);
        await _bench.DoneAsync(_bench.End(number: 10, coordinatorEpoch: 5));
        _bench.Group.Lead(term: 2);

        // The leader of term 2 knows of no numbers; the log knows of coordinator 5.
        Task<ProduceOutcome> write = _bench.Write();
        _bench.Answer(number: 10, coordinatorEpoch: 4);
        Assert.Equal(PartitionFault.Busy, (await _bench.DoneAsync(write)).Fault);
        Task<ProduceOutcome> again = _bench.Write(sequence: 1);
        _bench.Answer(number: 11, coordinatorEpoch: 5);
        Assert.Equal(PartitionFault.None, (await _bench.DoneAsync(again)).Fault);
    }

    [Fact]
    public async Task Lesson_8_a_marker_that_is_sent_again_is_answered_again()
    {
        await _bench.StoreAsync(number: 10);

        Assert.Equal(EndOutcome.Ended, await _bench.DoneAsync(_bench.End(number: 10)));
        Assert.Equal(EndOutcome.Ended, await _bench.DoneAsync(_bench.End(number: 10)));
        Assert.Empty(_bench.Partition.Transactions.AllAborted());
    }

    [Fact]
    public async Task Lesson_7_a_marker_that_was_delayed_does_not_end_the_next_transaction()
    {
        await _bench.StoreAsync(number: 10);
        await _bench.DoneAsync(_bench.End(number: 10));
        await _bench.StoreAsync(number: 11);

        Assert.Equal(EndOutcome.Ended, await _bench.DoneAsync(_bench.End(number: 10)));
        Assert.Equal(new Offset(2), _bench.Partition.Transactions.FirstOpen);
        Assert.Equal(EndOutcome.Ended, await _bench.DoneAsync(_bench.End(number: 11)));
        Assert.Null(_bench.Partition.Transactions.FirstOpen);
    }

    [Fact]
    public async Task A_marker_for_another_term_or_from_who_is_fenced_is_not_appended()
    {
        await _bench.StoreAsync(number: 10);
        await _bench.DoneAsync(_bench.End(number: 10, epoch: 1, coordinatorEpoch: 5));

        Assert.Equal(EndOutcome.NotLeader, await _bench.DoneAsync(_bench.End(number: 12, epoch: 1, term: 2)));
        Assert.Equal(
            EndOutcome.Fenced, await _bench.DoneAsync(_bench.End(number: 12, epoch: 1, coordinatorEpoch: 4)));
        Assert.Equal(
            EndOutcome.Fenced, await _bench.DoneAsync(_bench.End(number: 12, epoch: 0, coordinatorEpoch: 6)));
        Assert.Equal(new Offset(2), _bench.Group.NextOffset);
    }

    [Fact]
    public async Task A_marker_whose_leader_is_gone_has_to_be_sent_again()
    {
        Task<EndOutcome> end = _bench.End(number: 10);
        _bench.Group.FailWaiting(Broker.Replication.ProposalFailure.NotLeader);

        Assert.Equal(EndOutcome.NotLeader, await end);
    }
}
