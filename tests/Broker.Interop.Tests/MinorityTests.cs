using Broker.Interop.Tests.Clients;
using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>Two of three brokers are gone: nothing is acknowledged, what was acknowledged is still read.</summary>
public sealed class MinorityTests
{
    private const string Topic = "minority";
    private const int Partitions = 3;
    private const int Written = 50;

    [Fact]
    public async Task A_minority_acknowledges_nothing_and_goes_on_serving_what_is_committed()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync();
        var client = new ConfluentClient(cluster.Bootstrap);
        await client.CreateTopicAsync(
            Topic, Partitions, 3, new Dictionary<string, string> { ["retention.ms"] = "-1" });
        ClientRecord[] records =
        [
            .. Enumerable.Range(0, Written * Partitions)
                .Select(number => new ClientRecord(number % Partitions, null, $"value {number}", number + 1, "")),
        ];
        await client.ProduceAsync(Topic, records, new ProduceSettings());
        PartitionDescription led = (await client.DescribeAsync(Topic))[0];
        var kcat = new Kcat(cluster.Bootstrap);
        for (int partition = 0; partition < Partitions; partition++)
        {
            // A leader that is asked for the end asks its followers whether it still leads, and so tells them as well
            // how far everything is committed.
            await kcat.RunAsync("-Q", "-t", $"{Topic}:{partition}:-1");
        }

        foreach (BrokerProcess other in cluster.Brokers.Where(broker => broker.Id != led.Leader))
        {
            await other.KillAsync();
        }

        Assert.Equal(0, await AcknowledgedAsync(cluster.Bootstrap, led.Partition));
        for (int partition = 0; partition < Partitions; partition++)
        {
            // Led by the broker that is left, or by one of those that are gone: what is committed is read.
            ClientRecord[] expected = [.. records.Where(record => record.Partition == partition)];
            IReadOnlyList<PlacedRecord> found = await client.ConsumeAsync(Topic, partition, 0, Written);
            Assert.Equal(expected, found.Select(each => each.Record));
            found = await kcat.ConsumeAsync(Topic, partition, "-o", "beginning");
            Assert.Equal(expected, found.Select(each => each.Record));
        }

        foreach (BrokerProcess other in cluster.Brokers.Where(broker => !broker.IsRunning))
        {
            other.Start();
        }

        await cluster.WaitUntilReadyAsync();
        IReadOnlyList<long> offsets = await client.ProduceAsync(Topic, records, new ProduceSettings());
        Assert.All(offsets, offset => Assert.True(offset >= Written));
    }

    // Each either fails or is still waiting when its time is up.
    private static async Task<int> AcknowledgedAsync(string bootstrap, int partition)
    {
        using IProducer<Null, string> producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = bootstrap, MessageTimeoutMs = 5000 }).Build();
        int acknowledged = 0;
        IEnumerable<Task> sends = Enumerable.Range(0, 10).Select(async number =>
        {
            try
            {
                await producer.ProduceAsync(
                    new Confluent.Kafka.TopicPartition(Topic, partition),
                    new Message<Null, string> { Value = $"lonely {number}" });
                Interlocked.Increment(ref acknowledged);
            }
            catch (ProduceException<Null, string>)
            {
                // This is what has to happen.
            }
        });
        await Task.WhenAll(sends);
        return acknowledged;
    }
}
