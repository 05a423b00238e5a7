using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>What every stock client must be able to do, unchanged, on a cluster of three.</summary>
public sealed class StockClientTests(SharedCluster cluster)
{
    private const long Morning = 1_700_000_000_000;

    // Records carry times of years ago, which retention by time would delete.
    private static readonly Dictionary<string, string> Kept = new() { ["retention.ms"] = "-1" };

    public static TheoryData<string> Clients => new(StockClients.Names);

    public static TheoryData<string> IdempotentClients => new(
        StockClients.All("none:1").Where(client => client.CanBeIdempotent).Select(client => client.Name));

    public static TheoryData<string, string> ClientsAndCodecs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (IStockClient client in StockClients.All("none:1"))
            {
                foreach (string codec in client.Codecs)
                {
                    data.Add(client.Name, codec);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Topics_are_created_described_widened_and_deleted(string name)
    {
        IStockClient client = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("admin");

        await client.CreateTopicAsync(topic, 2, 3, new Dictionary<string, string> { ["retention.ms"] = "3600000" });
        Assert.Equal([1, 2, 3], await client.BrokersAsync());
        IReadOnlyList<PartitionDescription> made = await client.DescribeAsync(topic);
        Assert.Equal(2, made.Count);
        Assert.All(made, partition => Assert.Equal([1, 2, 3], partition.Replicas.Order()));
        Assert.All(made, partition => Assert.InRange(partition.Leader, 1, 3));
        Assert.Equal("3600000", (await client.ConfigsAsync(topic))["retention.ms"]);

        await client.AddPartitionsAsync(topic, 5);
        await Deadline.UntilAsync("five partitions", TimeSpan.FromSeconds(10), async () =>
            (await client.DescribeAsync(topic)).Count == 5);

        await client.DeleteTopicAsync(topic);
        var others = new ConfluentClient(cluster.Bootstrap);
        await Deadline.UntilAsync("the topic to be gone", TimeSpan.FromSeconds(10), async () =>
            (await others.DescribeAsync(topic)).Count == 0);
    }

    [Theory]
    [MemberData(nameof(ClientsAndCodecs))]
    public async Task What_one_client_writes_all_read(string name, string codec)
    {
        IStockClient writer = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("written");
        await writer.CreateTopicAsync(topic, 2, 3, Kept);
        ClientRecord[] records = Records(200);

        IReadOnlyList<long> offsets = await writer.ProduceAsync(topic, records, new ProduceSettings(Codec: codec));

        PlacedRecord[] placed = [.. records.Zip(offsets, (record, offset) => new PlacedRecord(record, offset))];
        foreach (IStockClient reader in StockClients.All(cluster.Bootstrap).Where(client => client.CanAssign))
        {
            for (int partition = 0; partition < 2; partition++)
            {
                PlacedRecord[] expected = [.. placed.Where(each => each.Record.Partition == partition)];
                IReadOnlyList<PlacedRecord> found =
                    await reader.ConsumeAsync(topic, partition, 0, expected.Length);
                Assert.Equal(expected.OrderBy(each => each.Offset), found);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Every_kind_of_acknowledgement_is_served(string name)
    {
        IStockClient client = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("acks");
        await client.CreateTopicAsync(topic, 2, 3, Kept);
        ClientRecord[] records = Records(20);

        foreach (int acks in (int[])[0, 1, -1])
        {
            await client.ProduceAsync(topic, records, new ProduceSettings(acks));
        }

        await Deadline.UntilAsync("three times the records", TimeSpan.FromSeconds(10), async () =>
            (await client.OffsetsAsync(topic, 0, 0)).Latest == 30);
    }

    [Theory]
    [MemberData(nameof(IdempotentClients))]
    public async Task Idempotent_producers_write_once_and_in_order(string name)
    {
        IStockClient client = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("idempotent");
        await client.CreateTopicAsync(topic, 2, 3, Kept);

        IReadOnlyList<long> offsets =
            await client.ProduceAsync(topic, Records(100), new ProduceSettings(Idempotent: true));

        Assert.Equal(Enumerable.Range(0, 50).SelectMany(offset => (long[])[offset, offset]), offsets);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Offsets_are_found_from_both_ends_and_by_time(string name)
    {
        IStockClient client = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("offsets");
        await client.CreateTopicAsync(topic, 2, 3, Kept);
        foreach (ClientRecord[] part in Records(60).Chunk(20))
        {
            await client.ProduceAsync(topic, part, new ProduceSettings());
        }

        // Records of partition 1 carry odd numbers as seconds: 25 is the thirteenth of them.
        Assert.Equal(new PartitionOffsets(0, 30, 12), await client.OffsetsAsync(topic, 1, Morning + 25_000));
        Assert.Equal(12, (await client.OffsetsAsync(topic, 1, Morning + 24_001)).AtTimestamp);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_reader_may_begin_in_the_middle(string name)
    {
        IStockClient client = StockClients.Named(name, cluster.Bootstrap);
        string topic = cluster.NewName("middle");
        await client.CreateTopicAsync(topic, 1, 3, Kept);
        ClientRecord[] records = [.. Records(50).Select(record => record with { Partition = 0 })];
        await client.ProduceAsync(topic, records, new ProduceSettings(Codec: "gzip"));
        IStockClient reader = client.CanAssign ? client : new ConfluentClient(cluster.Bootstrap);

        IReadOnlyList<PlacedRecord> found = await reader.ConsumeAsync(topic, 0, 37, 13);

        Assert.Equal(records[37..], found.Select(each => each.Record));
        Assert.Equal(37, found[0].Offset);
    }

    private static ClientRecord[] Records(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number => new ClientRecord(
            number % 2,
            number % 3 == 0 ? null : $"key-{number}",
            $"value {number}: päckchen " + new string((char)('a' + (number % 26)), number),
            Morning + (number * 1000L),
            number % 5 == 0 ? "" : $"number={number};kind=test")),
    ];
}
