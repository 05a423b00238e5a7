using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>A stock client asks every broker how much of its disk a partition takes.</summary>
public sealed class DescribeLogDirsTests(SharedCluster cluster)
{
    private const int Records = 20;
    private const int Bytes = 1000;

    [Fact]
    public async Task Each_broker_tells_the_size_of_its_replica()
    {
        var client = (ScriptClient)StockClients.Named("@platformatic/kafka", cluster.Bootstrap);
        string topic = cluster.NewName("sizes");
        await client.CreateTopicAsync(topic, 1, 3, new Dictionary<string, string>());
        ClientRecord[] records = [.. Enumerable.Range(0, Records).Select(
            number => new ClientRecord(0, null, new string((char)('a' + number), Bytes), 1_700_000_000_000, ""))];
        await client.ProduceAsync(topic, records, new ProduceSettings());

        // A follower that was not waited for has it a moment later.
        await Deadline.UntilAsync("three replicas of one size", TimeSpan.FromSeconds(20), async () =>
        {
            IReadOnlyDictionary<int, long> sizes = await client.LogSizesAsync(topic, 0);
            return sizes.Keys.Order().SequenceEqual([1, 2, 3])
                && sizes.Values.Distinct().Count() == 1 && sizes[1] > Records * Bytes;
        });
    }
}
