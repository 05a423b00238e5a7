using Broker.Metadata;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Partitions;

public sealed class CompactedTopicTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_record_without_a_key_is_refused_and_named(CompressionType codec)
    {
        using var bench = new PartitionBench(TopicSettings.Default with { Compacts = true, Deletes = false });
        bench.Group.Lead(term: 1);

        ProduceOutcome outcome = await bench.SendAsync(Batch(codec, [1], [], null));
        Assert.Equal((PartitionFault.InvalidRecord, 2), (outcome.Fault, outcome.BadRecord));
        Assert.Contains("needs a key", outcome.Message, StringComparison.Ordinal);

        // An empty key is one.
        Assert.Equal(PartitionFault.None, (await StoreAsync(bench, Batch(codec, [1], []))).Fault);
    }

    [Fact]
    public async Task Elsewhere_records_need_no_key()
    {
        using var bench = new PartitionBench(TopicSettings.Default);
        bench.Group.Lead(term: 1);
        ProduceOutcome outcome = await StoreAsync(bench, Batch(CompressionType.None, [1], null));
        Assert.Equal(PartitionFault.None, outcome.Fault);
    }

    private static async Task<ProduceOutcome> StoreAsync(PartitionBench bench, byte[] batch)
    {
        Task<ProduceOutcome> answer = bench.SendAsync(batch);
        bench.Group.TakeProposals();
        bench.Group.CommitAll();
        return await answer;
    }

    private static byte[] Batch(CompressionType codec, params byte[]?[] keys)
    {
        using var builder = new RecordBatchBuilder(codec);
        foreach (byte[]? key in keys)
            builder.Append(1_000, key, [5]);
        return builder.Build().ToArray();
    }
}
