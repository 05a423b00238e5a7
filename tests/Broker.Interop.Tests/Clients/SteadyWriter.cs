using Xunit;

namespace Broker.Interop.Tests.Clients;

/// <summary>Writes batch after batch until it is told to end, and remembers what was acknowledged.</summary>
internal sealed class SteadyWriter(IStockClient client, string topic, int partitions)
{
    private const int Batch = 30;

    private readonly List<PlacedRecord> _acknowledged = [];
    private int _ends;
    private int _written;

    public async Task RunAsync()
    {
        while (Volatile.Read(ref _ends) == 0)
        {
            ClientRecord[] records = [.. Enumerable.Range(0, Batch).Select(_ => Next())];
            IReadOnlyList<long> offsets = await client.ProduceAsync(topic, records, new ProduceSettings());
            _acknowledged.AddRange(records.Zip(offsets, (record, offset) => new PlacedRecord(record, offset)));
        }
    }

    public void End() => Volatile.Write(ref _ends, 1);

    /// <summary>To be called after the end: all that was acknowledged is read where it was said to be.</summary>
    public async Task FindAllAsync()
    {
        Assert.NotEmpty(_acknowledged);
        for (int partition = 0; partition < partitions; partition++)
        {
            PlacedRecord[] expected =
                [.. _acknowledged.Where(each => each.Record.Partition == partition).OrderBy(each => each.Offset)];
            IReadOnlyList<PlacedRecord> found =
                await client.ConsumeAsync(topic, partition, 0, (int)expected[^1].Offset + 1);
            Assert.Equal(expected, found.Where(each => expected.Contains(each)));
        }
    }

    private ClientRecord Next()
    {
        int number = _written++;
        return new ClientRecord(number % partitions, null, $"value {number}", number + 1, "");
    }
}
