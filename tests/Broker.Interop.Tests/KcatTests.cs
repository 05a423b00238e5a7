using System.Globalization;
using System.Text.Json.Nodes;
using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>The first commands of the README, and other ways of kcat to write, look up and read.</summary>
public sealed class KcatTests(SharedCluster cluster)
{
    private readonly Kcat _kcat = new(cluster.Bootstrap);
    private readonly ConfluentClient _others = new(cluster.Bootstrap);

    public static TheoryData<string> Codecs => new("none", "gzip", "snappy", "lz4", "zstd");

    public static TheoryData<string> Acks => new("0", "1", "all");

    [Fact]
    public async Task It_lists_brokers_topics_partitions_leaders_and_replicas()
    {
        string topic = await CreateAsync("listed", 4);

        JsonNode listed = await _kcat.ListAsync();

        Assert.Equal([1, 2, 3], listed["brokers"]!.AsArray().Select(broker => (int)broker!["id"]!).Order());
        JsonNode found = listed["topics"]!.AsArray().Single(each => (string)each!["topic"]! == topic)!;
        JsonArray partitions = found["partitions"]!.AsArray();
        Assert.Equal([0, 1, 2, 3], partitions.Select(each => (int)each!["partition"]!).Order());
        Assert.All(partitions, each => Assert.InRange((int)each!["leader"]!, 1, 3));
        Assert.All(partitions, each => Assert.Equal(3, each!["replicas"]!.AsArray().Count));
        Assert.All(partitions, each => Assert.Equal(3, each!["isrs"]!.AsArray().Count));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task Keys_headers_and_values_come_back_in_every_codec(string codec)
    {
        string topic = await CreateAsync("codec", 1);
        string lines = string.Concat(Enumerable.Range(0, 500).Select(number => $"key{number}:value {number % 7}\n"));

        await _kcat.RunAsync(
            lines, ["-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec, "-H", "origin=kcat", "-H", "n=1"]);

        IReadOnlyList<PlacedRecord> found = await _kcat.ConsumeAsync(topic, 0);
        Assert.Equal(Enumerable.Range(0, 500).Select(number => (long)number), found.Select(each => each.Offset));
        Assert.Equal(
            Enumerable.Range(0, 500).Select(number => ($"key{number}", $"value {number % 7}", "origin=kcat;n=1")),
            found.Select(each => (each.Record.Key!, each.Record.Value, each.Record.Headers)));
    }

    [Theory]
    [MemberData(nameof(Acks))]
    public async Task It_produces_with_every_kind_of_acknowledgement(string acks)
    {
        string topic = await CreateAsync("acks", 1);

        await _kcat.RunAsync("one\ntwo\nthree\n", ["-P", "-t", topic, "-p", "0", "-X", $"acks={acks}"]);

        await Deadline.UntilAsync("three records", TimeSpan.FromSeconds(10), async () =>
            (await _kcat.ConsumeAsync(topic, 0)).Count == 3);
    }

    [Fact]
    public async Task It_reads_from_beginning_end_an_offset_and_a_time()
    {
        string topic = await CreateAsync("from", 1);
        long morning = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000).ToUnixTimeMilliseconds();
        ClientRecord[] records =
        [
            .. Enumerable.Range(0, 10)
                .Select(hour => new ClientRecord(0, null, $"hour {hour}", morning + (hour * 3_600_000L), "")),
        ];
        foreach (ClientRecord record in records)
        {
            await _others.ProduceAsync(topic, [record], new ProduceSettings());
        }

        Assert.Equal(records, (await _kcat.ConsumeAsync(topic, 0, "-o", "beginning")).Select(each => each.Record));
        Assert.Equal(records[7..], (await _kcat.ConsumeAsync(topic, 0, "-o", "7")).Select(each => each.Record));
        Assert.Equal(records[8..], (await _kcat.ConsumeAsync(topic, 0, "-o", "-2")).Select(each => each.Record));
        string at = (morning + (4 * 3_600_000L)).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            records[4..], (await _kcat.ConsumeAsync(topic, 0, "-o", $"s@{at}")).Select(each => each.Record));
        Assert.Empty(await _kcat.ConsumeAsync(topic, 0, "-o", "end"));
    }

    [Fact]
    public async Task It_looks_up_offsets_by_time()
    {
        string topic = await CreateAsync("query", 1);
        await _others.ProduceAsync(
            topic, [new ClientRecord(0, null, "early", 1_000_000, "")], new ProduceSettings());
        await _others.ProduceAsync(topic, [new ClientRecord(0, null, "late", 2_000_000, "")], new ProduceSettings());

        Assert.Contains("offset 1", await _kcat.RunAsync("-Q", "-t", $"{topic}:0:1500000"), StringComparison.Ordinal);
        Assert.Contains("offset 0", await _kcat.RunAsync("-Q", "-t", $"{topic}:0:-2"), StringComparison.Ordinal);
        Assert.Contains("offset 2", await _kcat.RunAsync("-Q", "-t", $"{topic}:0:-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_said_to_be_unknown()
    {
        JsonNode listed = await _kcat.ListAsync("there-is-no-such-topic");

        Assert.Contains("Unknown topic", listed.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> CreateAsync(string kind, int partitions)
    {
        string topic = cluster.NewName("kcat-" + kind);
        // Some tests write records of years ago, which retention by time would delete.
        await _others.CreateTopicAsync(
            topic, partitions, 3, new Dictionary<string, string> { ["retention.ms"] = "-1" });
        return topic;
    }
}
