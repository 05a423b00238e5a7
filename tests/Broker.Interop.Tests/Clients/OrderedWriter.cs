using Confluent.Kafka;
using Xunit;

namespace Broker.Interop.Tests.Clients;

/// <summary>
/// Writes with idempotence, one record after the other in each partition, until it is told to end: what is read has to
/// be exactly what was written, and in order.
/// </summary>
internal sealed class OrderedWriter(string bootstrap, string topic, int partitions, int padding = 0)
{
    private readonly List<string>[] _written = [.. Enumerable.Range(0, partitions).Select(_ => new List<string>())];
    private readonly string _padding = new('.', padding);
    private int _acknowledged;
    private int _ends;

    /// <summary>In all partitions together, so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public async Task RunAsync()
    {
        var configuration = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            EnableIdempotence = true,
            LingerMs = 2,
            MessageTimeoutMs = 60_000,
        };
        using IProducer<Null, string> producer = new ProducerBuilder<Null, string>(configuration).Build();
        await Task.WhenAll(Enumerable.Range(0, partitions).Select(async partition =>
        {
            List<string> written = _written[partition];
            while (Volatile.Read(ref _ends) == 0)
            {
                string value = $"value {written.Count} of {partition}{_padding}";
                await producer.ProduceAsync(
                    new TopicPartition(topic, partition),
                    new Message<Null, string> { Value = value },
                    CancellationToken.None);
                written.Add(value);
                Interlocked.Increment(ref _acknowledged);
            }
        }));
    }

    public void End() => Volatile.Write(ref _ends, 1);

    /// <summary>To be called after the end: all that was acknowledged is there, in order, and once.</summary>
    public async Task FindAllAsync(IStockClient client)
    {
        for (int partition = 0; partition < partitions; partition++)
        {
            Assert.NotEmpty(_written[partition]);
            IReadOnlyList<PlacedRecord> found =
                await client.ConsumeAsync(topic, partition, 0, _written[partition].Count);
            Assert.Equal(_written[partition], found.Select(each => each.Record.Value));
        }
    }
}
