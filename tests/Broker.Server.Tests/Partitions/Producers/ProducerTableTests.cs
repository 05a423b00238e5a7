using Broker.Model;
using Broker.Server.Partitions.Producers;
using Xunit;

namespace Broker.Server.Tests.Partitions.Producers;

public sealed class ProducerTableTests
{
    private static readonly ProducerId Producer = new(7);

    private readonly ProducerTable _table = new();
    private long _index;
    private long _offset;

    [Fact]
    public void A_producer_begins_with_its_first_sequence_and_no_other()
    {
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(firstSequence: 42));
        Assert.Equal(SequenceVerdict.Accept, Check(firstSequence: 0));
    }

    [Fact]
    public void The_next_sequence_is_accepted_and_a_gap_is_not()
    {
        Append(0, count: 3);

        Assert.Equal(SequenceVerdict.Accept, Check(3));
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(4));
    }

    [Fact]
    public void Any_of_the_last_five_batches_is_a_duplicate_with_its_original_offset() // lesson 2
    {
        for (int i = 0; i < 6; i++)
            Append(i * 2, count: 2);

        for (int i = 1; i < 6; i++)
        {
            Assert.Equal(SequenceVerdict.Duplicate, _table.Check(Batch(i * 2, 2), out StoredBatch original));
            Assert.Equal(new Offset(i * 2), original.BaseOffset);
            Assert.Equal(new Offset(i * 2 + 1), original.LastOffset);
        }

        Assert.Equal(SequenceVerdict.OutOfOrder, Check(0, count: 2));
    }

    [Fact]
    public void A_batch_that_only_overlaps_an_old_one_is_out_of_order()
    {
        Append(0, count: 4);

        Assert.Equal(SequenceVerdict.OutOfOrder, Check(0, count: 3));
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(2, count: 4));
    }

    [Fact]
    public void Sequences_begin_again_at_zero_behind_the_greatest_number()
    {
        Append(int.MaxValue - 1, count: 2);
        Assert.Equal(SequenceVerdict.Accept, Check(0));

        Append(0, count: 1);
        Append(1, count: 1);
        Assert.Equal(SequenceVerdict.Duplicate, Check(int.MaxValue - 1, count: 2));
    }

    [Fact]
    public void A_batch_may_wrap_inside()
    {
        Append(int.MaxValue - 1, count: 5);

        Assert.Equal(SequenceVerdict.Accept, Check(3));
        Assert.Equal(SequenceVerdict.Duplicate, _table.Check(Batch(int.MaxValue - 1, 5), out StoredBatch original));
        Assert.Equal(new Offset(4), original.LastOffset);
    }

    [Fact]
    public void A_new_epoch_begins_at_zero_and_fences_the_old_one()
    {
        Append(0, count: 3);

        Assert.Equal(SequenceVerdict.OutOfOrder, Check(3, epoch: 1));
        Assert.Equal(SequenceVerdict.Accept, Check(0, epoch: 1));
        Append(0, count: 1, epoch: 1);
        Assert.Equal(SequenceVerdict.StaleEpoch, Check(3, epoch: 0));
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(0, count: 3, epoch: 1));
    }

    [Fact]
    public void A_truncation_puts_back_what_was_before_even_across_epochs()
    {
        Append(0, count: 3);
        LogIndex from = new(_index + 1);
        Append(3, count: 1);
        Append(0, count: 1, epoch: 1);

        _table.Truncated(from);

        Assert.Equal(SequenceVerdict.Duplicate, Check(0, count: 3));
        Assert.Equal(SequenceVerdict.Accept, Check(3));
        Assert.Equal(1, _table.Uncommitted);
    }

    [Fact]
    public void A_producer_whose_only_batch_is_truncated_is_unknown_again()
    {
        Append(5, count: 1);
        _table.Truncated(new LogIndex(1));

        Assert.Equal(0, _table.Count);
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(42));
        Assert.Equal(SequenceVerdict.Accept, Check(0));
    }

    [Fact]
    public void A_checkpoint_holds_the_committed_state_only_and_survives_its_bytes()
    {
        Append(0, count: 2);
        Append(2, count: 2);
        _table.Committed(new LogIndex(_index));
        Append(4, count: 2);

        byte[] bytes = ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, []);
        Assert.True(ProducerCheckpoint.TryDecode(bytes, out var state, out ProducerId forgotten, out _));
        _table.Restore(state, forgotten);

        Assert.Equal(SequenceVerdict.Accept, Check(4));
        Assert.Equal(SequenceVerdict.Duplicate, _table.Check(Batch(2, 2), out StoredBatch original));
        Assert.Equal(new Offset(2), original.BaseOffset);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        Append(0, count: 2);
        byte[] bytes = ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, []);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(ProducerCheckpoint.TryDecode(bytes.AsSpan(0, length), out _, out _, out _));

        bytes[0]++;
        Assert.False(ProducerCheckpoint.TryDecode(bytes, out _, out _, out _));
    }

    [Fact]
    public void Only_producers_that_are_idle_and_wait_for_no_commit_expire()
    {
        Append(0, count: 1, now: 1000);
        Assert.Equal(0, _table.Expire(before: 2000));

        _table.Committed(new LogIndex(_index));
        Assert.Equal(0, _table.Expire(before: 1000));
        Assert.Equal(1, _table.Expire(before: 1001));
        Assert.Equal(SequenceVerdict.Accept, Check(9));
    }

    [Fact]
    public void A_forgotten_producer_goes_on_at_any_sequence_also_after_a_restart()
    {
        Append(0, count: 1, now: 1000);
        _table.Committed(new LogIndex(_index));
        _table.Expire(before: 2000);

        byte[] bytes = ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, []);
        Assert.True(ProducerCheckpoint.TryDecode(bytes, out var state, out ProducerId forgotten, out _));
        var restarted = new ProducerTable();
        restarted.Restore(state, forgotten);

        Assert.Equal(SequenceVerdict.Accept, restarted.Check(Batch(42, 1), out _));
        ProducerBatch later = Batch(42, 1) with { Producer = new ProducerId(Producer.Value + 1) };
        Assert.Equal(SequenceVerdict.OutOfOrder, restarted.Check(later, out _));
    }

    private SequenceVerdict Check(int firstSequence, int count = 1, short epoch = 0) =>
        _table.Check(Batch(firstSequence, count, epoch), out _);

    private ProducerBatch Batch(int firstSequence, int count, short epoch = 0) =>
        new(Producer, epoch, firstSequence, count, new Offset(_offset), Timestamp: 5);

    private void Append(int firstSequence, int count, short epoch = 0, long now = 0)
    {
        _table.Appended(Batch(firstSequence, count, epoch), new LogIndex(++_index), now);
        _offset += count;
    }
}
