using Broker.Model;
using Broker.Server.Partitions.Producers;
using Xunit;

namespace Broker.Server.Tests.Partitions.Transactions;

/// <summary>What the producer table makes of transactional batches and markers.</summary>
public sealed class ProducerTransactionTests
{
    private static readonly ProducerId Producer = new(7);

    private readonly ProducerTable _table = new();
    private long _index;

    [Fact]
    public void Lesson_5_a_batch_of_a_new_epoch_leaves_the_transaction_where_it_began()
    {
        Write(sequence: 0, at: 10);
        Write(sequence: 0, at: 12, epoch: 1);

        Assert.Equal(new Offset(10), Window.OpenSince);
    }

    [Fact]
    public void While_a_transaction_is_open_nothing_else_of_its_producer_is_taken()
    {
        Write(sequence: 0, at: 10);

        Assert.Equal(SequenceVerdict.NotOfTransaction, Check(sequence: 1, isTransactional: false));
        Assert.Equal(SequenceVerdict.Accept, Check(sequence: 1));
        End();
        Assert.Equal(SequenceVerdict.Accept, Check(sequence: 1, isTransactional: false));
    }

    [Fact]
    public void A_marker_of_a_newer_epoch_fences_the_older_and_begins_sequences_anew()
    {
        Write(sequence: 0, at: 10);
        End(epoch: 1);

        Assert.Equal(SequenceVerdict.StaleEpoch, Check(sequence: 1));
        Assert.Equal(SequenceVerdict.OutOfOrder, Check(sequence: 1, epoch: 1));
        Assert.Equal(SequenceVerdict.Accept, Check(sequence: 0, epoch: 1));
    }

    [Fact]
    public void A_marker_of_the_same_epoch_lets_sequences_go_on()
    {
        Write(sequence: 0, at: 10);
        End();

        Assert.Equal(SequenceVerdict.Accept, Check(sequence: 1));
        Assert.Equal(SequenceVerdict.Duplicate, Check(sequence: 0));
    }

    [Fact]
    public void Lesson_8_a_marker_may_be_written_again()
    {
        Write(sequence: 0, at: 10);
        End(epoch: 1, coordinator: 4);

        Assert.Equal(SequenceVerdict.Accept, _table.CheckEnd(Producer, 1, 4));
        Assert.Equal(SequenceVerdict.Accept, _table.CheckEnd(Producer, 1, 5));
    }

    [Fact]
    public void A_marker_of_an_older_coordinator_or_epoch_is_refused()
    {
        Write(sequence: 0, at: 10);
        End(epoch: 1, coordinator: 4);

        Assert.Equal(SequenceVerdict.StaleCoordinator, _table.CheckEnd(Producer, 1, 3));
        Assert.Equal(SequenceVerdict.StaleEpoch, _table.CheckEnd(Producer, 0, 4));
    }

    [Fact]
    public void A_truncated_marker_leaves_the_transaction_open()
    {
        Write(sequence: 0, at: 10);
        var marker = new LogIndex(_index + 1);
        End(epoch: 1);
        _table.Truncated(marker);

        Assert.True(Window.IsOpen);
        Assert.Equal(-1, _table.CoordinatorEpochOf(Producer));
        Assert.Equal(SequenceVerdict.Accept, Check(sequence: 1));
    }

    [Fact]
    public void A_producer_with_an_open_transaction_is_not_forgotten_however_old()
    {
        Write(sequence: 0, at: 10);
        _table.Committed(new LogIndex(_index));

        Assert.Equal(0, _table.Expire(before: long.MaxValue));
        End();
        _table.Committed(new LogIndex(_index));
        Assert.Equal(1, _table.Expire(before: long.MaxValue));
    }

    [Fact]
    public void Offsets_of_a_group_have_an_epoch_and_no_sequence()
    {
        Write(sequence: -1, at: 3, epoch: 1);

        Assert.Equal(SequenceVerdict.Accept, Check(sequence: -1, epoch: 1));
        Assert.Equal(SequenceVerdict.StaleEpoch, Check(sequence: -1));
        Assert.Equal(0, Window.Count);
        Assert.Equal(new Offset(3), Window.OpenSince);
    }

    [Fact]
    public void A_checkpoint_has_the_new_form_only_where_there_was_a_transaction()
    {
        _table.Appended(new ProducerBatch(Producer, 0, 0, 1, new Offset(10), 0), new LogIndex(++_index), now: 0);
        _table.Committed(new LogIndex(_index));
        Assert.Equal(2, ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, [])[0]);

        Write(sequence: 1, at: 11);
        Assert.Equal(2, ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, [])[0]);
        _table.Committed(new LogIndex(_index));
        byte[] bytes = ProducerCheckpoint.Encode(_table.CommittedState(), _table.Forgotten, []);
        Assert.Equal(3, bytes[0]);
        Assert.True(ProducerCheckpoint.TryDecode(bytes, out var state, out _, out _));
        Assert.Equal(new Offset(11), Assert.Single(state).Value.OpenSince);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(ProducerCheckpoint.TryDecode(bytes.AsSpan(0, length), out _, out _, out _));
    }

    private ProducerWindow Window
    {
        get
        {
            _table.Committed(new LogIndex(_index));
            return _table.CommittedState()[Producer];
        }
    }

    private static ProducerBatch Batch(int sequence, long at, short epoch, bool isTransactional) =>
        new(Producer, epoch, sequence, 1, new Offset(at), 0) { IsTransactional = isTransactional };

    private SequenceVerdict Check(int sequence, short epoch = 0, bool isTransactional = true) =>
        _table.Check(Batch(sequence, 99, epoch, isTransactional), out _);

    private void Write(int sequence, long at, short epoch = 0) =>
        _table.Appended(Batch(sequence, at, epoch, true), new LogIndex(++_index), now: 0);

    private void End(short epoch = 0, int coordinator = 1) =>
        _table.Ended(Producer, epoch, coordinator, new LogIndex(++_index), now: 0);
}
