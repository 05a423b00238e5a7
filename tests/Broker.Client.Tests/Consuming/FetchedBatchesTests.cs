using Broker.Client.Consuming;
using Broker.Model;
using Broker.Protocol.Records;
using Xunit;

namespace Broker.Client.Tests.Consuming;

public sealed class FetchedBatchesTests
{
    private static readonly TopicPartition Partition = new("t", 3);

    [Fact]
    public void Records_before_the_wanted_offset_are_left_out()
    {
        byte[] batches = [.. Batch(10, 5), .. Batch(15, 5)];

        FetchedBatches fetched = new(Partition, new Offset(12), batches);

        Assert.Equal(Enumerable.Range(12, 8), fetched.Records().Select(record => (int)record.Offset.Value));
        Assert.Equal(new Offset(20), FetchedBatches.NextOffset(batches, new Offset(12)));
    }

    [Fact]
    public void A_batch_that_is_cut_off_is_left_for_the_next_fetch()
    {
        byte[] batches = [.. Batch(0, 2), .. Batch(2, 2)[..^1]];

        Assert.Equal(2, new FetchedBatches(Partition, Offset.Zero, batches).Records().Count());
        Assert.Equal(new Offset(2), FetchedBatches.NextOffset(batches, Offset.Zero));
    }

    [Fact]
    public void Nothing_fetched_moves_nothing() =>
        Assert.Equal(new Offset(7), FetchedBatches.NextOffset(default, new Offset(7)));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_time_that_no_calendar_holds_is_read_all_the_same(long timestamp)
    {
        using RecordBatchBuilder builder = new();
        builder.Append(timestamp, null, [1]);

        Assert.Single(new FetchedBatches(Partition, Offset.Zero, builder.Build()).Records());
    }

    private static byte[] Batch(long baseOffset, int count)
    {
        using RecordBatchBuilder builder = new();
        for (int i = 0; i < count; i++)
        {
            builder.Append(i, null, [1, 2, 3]);
        }

        byte[] batch = builder.Build().ToArray();
        RecordBatchStamp.Stamp(batch, new Offset(baseOffset), new Term(1));
        return batch;
    }
}
