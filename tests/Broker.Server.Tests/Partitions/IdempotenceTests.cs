using Broker.Model;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions;

/// <summary>What a partition makes of a producer that numbers its batches (KIP-98).</summary>
public sealed class IdempotenceTests : IDisposable
{
    private readonly PartitionBench _bench = new();

    public IdempotenceTests() => _bench.Group.Lead(term: 1);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_duplicate_is_answered_when_its_original_commits_and_with_the_original_s_offset()
    {
        await _bench.StoreAsync(sequence: 0, records: 2);
        Task<ProduceOutcome> original = _bench.Produce(sequence: 2, records: 3);
        Task<ProduceOutcome> duplicate = _bench.Produce(sequence: 2, records: 3);
        _bench.Group.TakeProposals();
        Assert.Equal(2, _bench.Group.Waiting);
        Assert.False(original.IsCompleted || duplicate.IsCompleted);

        _bench.Group.CommitAll();

        Assert.Equal((await original).BaseOffset, (await duplicate).BaseOffset);
        Assert.Equal(new Offset(2), (await duplicate).BaseOffset);
        Assert.Equal(new Offset(5), _bench.Partition.HighWatermark);
    }

    [Fact]
    public async Task A_duplicate_of_a_lost_original_is_refused_with_it()
    {
        Task<ProduceOutcome> original = _bench.Produce(sequence: 0);
        Task<ProduceOutcome> duplicate = _bench.Produce(sequence: 0);
        _bench.Group.TakeProposals();

        _bench.Group.TruncateFrom(_bench.Group.LastIndex);

        Assert.Equal(PartitionFault.NotLeader, (await original).Fault);
        Assert.Equal(PartitionFault.NotLeader, (await duplicate).Fault);
    }

    [Fact]
    public async Task Lesson_2_any_of_the_last_five_batches_may_be_sent_again_and_the_sixth_not()
    {
        for (int sequence = 0; sequence < 6; sequence++)
            await _bench.StoreAsync(sequence: sequence);

        for (int sequence = 1; sequence < 6; sequence++)
        {
            ProduceOutcome again = await _bench.StoreAsync(sequence: sequence);
            Assert.Equal((PartitionFault.None, new Offset(sequence)), (again.Fault, again.BaseOffset));
        }

        Assert.Equal(PartitionFault.OutOfOrderSequence, (await _bench.StoreAsync(sequence: 0)).Fault);
        Assert.Equal(new Offset(6), _bench.Partition.HighWatermark);
    }

    [Fact]
    public async Task A_gap_in_the_sequence_and_an_older_epoch_are_refused_and_nothing_is_written()
    {
        await _bench.StoreAsync(sequence: 0, epoch: 4);
        LogIndex before = _bench.Group.LastIndex;

        Assert.Equal(PartitionFault.OutOfOrderSequence, (await _bench.StoreAsync(sequence: 2, epoch: 4)).Fault);
        Assert.Equal(PartitionFault.OutOfOrderSequence, (await _bench.StoreAsync(sequence: 1, epoch: 5)).Fault);
        Assert.Equal(PartitionFault.InvalidProducerEpoch, (await _bench.StoreAsync(sequence: 1, epoch: 3)).Fault);
        Assert.Equal(before, _bench.Group.LastIndex);

        Assert.Equal(new Offset(1), (await _bench.StoreAsync(sequence: 0, epoch: 5)).BaseOffset);
    }

    [Fact]
    public async Task Lesson_4_truncation_takes_back_what_the_batches_did_to_the_producer_s_state()
    {
        await _bench.StoreAsync(sequence: 0);
        Task<ProduceOutcome> lost = _bench.Produce(sequence: 1);
        Task<ProduceOutcome> lostToo = _bench.Produce(sequence: 2);
        _bench.Group.TakeProposals();
        _bench.Group.TruncateFrom(_bench.Group.LastIndex - 1);
        Assert.Equal(PartitionFault.NotLeader, (await lost).Fault);
        Assert.Equal(PartitionFault.NotLeader, (await lostToo).Fault);
        _bench.Group.Lead(term: 2);

        Assert.Equal(PartitionFault.OutOfOrderSequence, (await _bench.StoreAsync(sequence: 2)).Fault);
        Assert.Equal(new Offset(1), (await _bench.StoreAsync(sequence: 1)).BaseOffset);
        Assert.Equal(new Offset(2), (await _bench.StoreAsync(sequence: 2)).BaseOffset);
    }

    [Fact]
    public async Task Lesson_3_a_duplicate_is_known_by_its_offset_after_a_restart_though_its_segment_is_gone()
    {
        await _bench.StoreAsync(sequence: 0, records: 5);
        await _bench.StoreAsync(sequence: 5, records: 5);
        byte[] checkpoint = _bench.Group.Checkpoint();
        _bench.Group.MoveLogStart(_bench.Group.LastIndex + 1, new Offset(10));
        _bench.RestartFrom(checkpoint);
        _bench.Group.Lead(term: 2);

        ProduceOutcome again = await _bench.StoreAsync(sequence: 5, records: 5);

        Assert.Equal((PartitionFault.None, new Offset(5)), (again.Fault, again.BaseOffset));
        Assert.Equal(new Offset(10), (await _bench.StoreAsync(sequence: 10)).BaseOffset);
    }

    [Fact]
    public async Task A_checkpoint_holds_nothing_that_is_not_committed()
    {
        await _bench.StoreAsync(sequence: 0);
        Task<ProduceOutcome> open = _bench.Produce(sequence: 1);
        _bench.Group.TakeProposals();
        byte[] checkpoint = _bench.Group.Checkpoint();
        _bench.Group.TruncateFrom(_bench.Group.LastIndex);
        await open;

        _bench.RestartFrom(checkpoint);
        _bench.Group.Lead(term: 2);

        Assert.Equal(PartitionFault.OutOfOrderSequence, (await _bench.StoreAsync(sequence: 2)).Fault);
        Assert.Equal(new Offset(1), (await _bench.StoreAsync(sequence: 1)).BaseOffset);
    }
}
