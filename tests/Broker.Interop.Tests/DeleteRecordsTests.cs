using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Records that one stock client deletes, no other one reads any more.</summary>
public sealed class DeleteRecordsTests(SharedCluster cluster)
{
    private const int Records = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ConfluentClient _confluent = new(cluster.Bootstrap);

    [Fact]
    public async Task What_one_client_deletes_no_client_reads_from_the_beginning()
    {
        string topic = await FillAsync();

        Assert.Equal(7, await DeleteAsync(topic, 7));

        long[] left = [.. Enumerable.Range(7, Records - 7).Select(offset => (long)offset)];
        IReadOnlyList<PlacedRecord> byKcat = await new Kcat(cluster.Bootstrap).ConsumeAsync(topic, 0);
        Assert.Equal(left, byKcat.Select(record => record.Offset));
        foreach (IStockClient client in StockClients.All(cluster.Bootstrap).Where(client => client.CanAssign))
        {
            PartitionOffsets offsets = await client.OffsetsAsync(topic, 0, 0);
            Assert.Equal((7, Records), (offsets.Earliest, offsets.Latest));
            IReadOnlyList<PlacedRecord> found = await client.ConsumeAsync(topic, 0, offsets.Earliest, left.Length);
            Assert.Equal(left, found.Select(record => record.Offset));
        }
    }

    [Fact]
    public async Task All_are_deleted_by_the_end_and_the_next_record_stands_behind_them()
    {
        string topic = await FillAsync();

        Assert.Equal(Records, await DeleteAsync(topic, Offset.End));
        await ProduceAsync(topic, 1);

        PlacedRecord next = Assert.Single(await new Kcat(cluster.Bootstrap).ConsumeAsync(topic, 0));
        Assert.Equal(Records, next.Offset);
    }

    [Fact]
    public async Task Beyond_the_end_and_where_records_are_kept_it_is_refused()
    {
        string topic = await FillAsync();
        Assert.Equal(ErrorCode.OffsetOutOfRange, await RefusedAsync(topic, Records + 1));

        string kept = cluster.NewName("kept");
        await _confluent.CreateTopicAsync(
            kept, 1, 3, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        Assert.Equal(ErrorCode.PolicyViolation, await RefusedAsync(kept, 0));
    }

    private async Task<string> FillAsync()
    {
        string topic = cluster.NewName("deleted-records");
        await _confluent.CreateTopicAsync(topic, 1, 3, new Dictionary<string, string>());
        await ProduceAsync(topic, Records);
        return topic;
    }

    // One call, one batch as a rule: so a deletion falls into the midst of one.
    private async Task ProduceAsync(string topic, int count)
    {
        string lines = string.Concat(Enumerable.Range(0, count).Select(number => $"value {number}\n"));
        await new Kcat(cluster.Bootstrap).RunAsync(lines, ["-P", "-t", topic, "-p", "0", "-X", "acks=all"]);
    }

    private async Task<long> DeleteAsync(string topic, Offset before)
    {
        using IAdminClient admin = Admin();
        List<DeleteRecordsResult> results = await admin.DeleteRecordsAsync(
            [new TopicPartitionOffset(topic, 0, before)], new DeleteRecordsOptions { OperationTimeout = Limit });
        return Assert.Single(results).Offset;
    }

    private async Task<ErrorCode> RefusedAsync(string topic, long before)
    {
        using IAdminClient admin = Admin();
        var refused = await Assert.ThrowsAsync<DeleteRecordsException>(() => admin.DeleteRecordsAsync(
            [new TopicPartitionOffset(topic, 0, before)], new DeleteRecordsOptions { OperationTimeout = Limit }));
        return Assert.Single(refused.Results).Error.Code;
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build();
}
