using Broker.Client.Producing;
using Broker.Model;
using Broker.Protocol.Records;
using Xunit;

namespace Broker.Client.Tests.Producing;

public sealed class PartitionQueueTests
{
    private static readonly ProducerIdentity First = new(new ProducerId(1), 0);
    private static readonly ProducerIdentity Second = new(new ProducerId(2), 0);
    private static readonly ProducerRecord Record = new() { Topic = "t", Value = new byte[10] };

    private readonly PartitionQueue _queue = new(new TopicPartition("t", 0), new ProducerOptions { BatchBytes = 200 });

    [Fact]
    public void Batches_are_numbered_in_their_order()
    {
        Append(20);
        RecordBatchHeader first = TakeHeader(First);
        _queue.Done();
        RecordBatchHeader second = TakeHeader(First);

        Assert.Equal((0, First.Id), (first.BaseSequence, first.ProducerId));
        Assert.Equal((first.RecordCount, First.Id), (second.BaseSequence, second.ProducerId));
    }

    [Fact]
    public void A_batch_that_is_tried_again_keeps_bytes_and_place()
    {
        Append(20);
        ProducerBatch batch = _queue.Take(First);
        byte[] bytes = batch.Bytes.ToArray();

        _queue.Requeue(notBefore: 7);

        Assert.Equal(7, _queue.ReadyAt(0, flushing: false));
        Assert.Same(batch, _queue.Take(Second));
        Assert.Equal(bytes, batch.Bytes.ToArray());
    }

    [Fact]
    public void Nothing_goes_while_a_batch_is_on_its_way()
    {
        Append(20);
        _queue.Take(First);

        Assert.Null(_queue.ReadyAt(0, flushing: true));
    }

    [Fact]
    public void After_a_hole_numbers_begin_again_under_another_identity()
    {
        Append(20);
        _queue.Take(First);
        _queue.Done();
        _queue.AbandonIdentity();
        Assert.True(_queue.NeedsIdentityOtherThan(First));
        Assert.False(_queue.NeedsIdentityOtherThan(Second));

        RecordBatchHeader next = TakeHeader(Second);

        Assert.Equal((0, Second.Id), (next.BaseSequence, next.ProducerId));
        Assert.False(_queue.NeedsIdentityOtherThan(Second));
    }

    [Fact]
    public void An_open_batch_waits_for_company_unless_flushed()
    {
        Append(1);

        Assert.Equal(1005, _queue.ReadyAt(1000, flushing: false));
        Assert.Equal(0, _queue.ReadyAt(1000, flushing: true));
    }

    [Fact]
    public async Task What_waits_too_long_expires_whole()
    {
        Task<RecordPosition> outcome = _queue.Append(Record, 0, 30, now: 5).Outcome;

        Assert.Null(_queue.TakeExpired(5));
        ProducerBatch expired = Assert.IsType<ProducerBatch>(_queue.TakeExpired(6));
        expired.Fail(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => outcome);
        Assert.True(_queue.IsEmpty);
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _queue.Append(Record, timestamp: 0, size: 30, now: 5);
        }
    }

    private RecordBatchHeader TakeHeader(ProducerIdentity identity) =>
        RecordBatchHeader.Read(_queue.Take(identity).Bytes.Span);
}
