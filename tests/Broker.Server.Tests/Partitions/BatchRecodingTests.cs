using Broker.Metadata;
using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Server.Partitions;
using Broker.Storage;
using Xunit;

namespace Broker.Server.Tests.Partitions;

public sealed class BatchRecodingTests
{
    [Theory]
    [InlineData("producer", CompressionType.None)]
    [InlineData("uncompressed", CompressionType.None)]
    [InlineData("gzip", CompressionType.Gzip)]
    [InlineData("snappy", CompressionType.Snappy)]
    [InlineData("lz4", CompressionType.Lz4)]
    [InlineData("zstd", CompressionType.Zstd)]
    public async Task A_topic_stores_batches_under_its_own_codec(string compression, CompressionType stored)
    {
        using var bench = new PartitionBench(TopicSettings.Default with { CompressionType = compression });
        bench.Group.Lead(term: 1);
        await bench.StoreAsync(records: 2);
        ProduceOutcome second = await bench.StoreAsync(sequence: 0, records: 3);
        Assert.Equal((PartitionFault.None, new Offset(2)), (second.Fault, second.BaseOffset));

        // A duplicate is known by its sequence, whatever became of its bytes.
        Assert.Equal(new Offset(2), (await bench.StoreAsync(sequence: 0, records: 3)).BaseOffset);

        using var slices = new LogSlices();
        var start = new FetchPosition(new Offset(0), new Term(-1), new Term(-1), false);
        await bench.Partition.ReadAsync(start, 1 << 20, atLeastOne: true, slices);
        byte[] bytes = [.. slices.Pieces.SelectMany(piece => piece.ToArray())];
        RecordBatchHeader first = RecordBatchHeader.Read(bytes);
        Assert.Equal((stored, 2), (first.Attributes.Compression, first.RecordCount));
        using var reader = new RecordBatchReader();
        reader.Open(bytes.AsMemory(0, (int)first.SizeInBytes));
        Assert.True(reader.TryRead(out RecordView record));
        Assert.Equal("value"u8.ToArray(), record.Value.ToArray());
    }

    [Fact]
    public async Task A_batch_that_is_too_large_under_the_topics_codec_is_refused()
    {
        int sent = Batch(CompressionType.Gzip).Length;
        using var bench = new PartitionBench(
            TopicSettings.Default with { CompressionType = "uncompressed", MaxMessageBytes = sent });
        bench.Group.Lead(term: 1);
        LogIndex before = bench.Group.LastIndex;

        ProduceOutcome outcome = await bench.SendAsync(Batch(CompressionType.Gzip));

        Assert.Equal(PartitionFault.BatchTooLarge, outcome.Fault);
        Assert.Contains("max.message.bytes allows", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(before, bench.Group.LastIndex);
    }

    [Fact]
    public async Task Broken_records_do_not_come_to_lie_open()
    {
        using var bench = new PartitionBench(TopicSettings.Default with { CompressionType = "uncompressed" });
        bench.Group.Lead(term: 1);
        LogIndex before = bench.Group.LastIndex;

        // Noise that calls itself an inflatable record: only a look inside can tell.
        using var noise = new BoundedBuffer(int.MaxValue);
        byte[] broken = Batch(CompressionType.None);
        broken.AsSpan(RecordBatchLayout.HeaderSize).Fill(0xFF);
        RecordBatchRecoder.Recode(broken, CompressionType.Gzip, int.MaxValue, noise);

        Assert.Equal(PartitionFault.InvalidRecord, (await bench.SendAsync(noise.WrittenMemory.ToArray())).Fault);
        Assert.Equal(before, bench.Group.LastIndex);
    }

    [Fact]
    public async Task What_can_not_be_inflated_is_refused()
    {
        using var bench = new PartitionBench(TopicSettings.Default with { CompressionType = "zstd" });
        bench.Group.Lead(term: 1);
        byte[] batch = Batch(CompressionType.Gzip);
        batch.AsSpan(RecordBatchLayout.HeaderSize).Fill(0x55);
        RecordBatchStamp.StampMaxTimestamp(batch, 1000);

        Assert.Equal(PartitionFault.InvalidRecord, (await bench.SendAsync(batch)).Fault);
    }

    private static byte[] Batch(CompressionType codec)
    {
        using var builder = new RecordBatchBuilder(codec);
        builder.Append(1000, null, new byte[10_000]);
        return builder.Build().ToArray();
    }
}
