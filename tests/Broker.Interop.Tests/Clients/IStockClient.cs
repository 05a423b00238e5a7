namespace Broker.Interop.Tests.Clients;

/// <summary>A client that others wrote, driven the same way whatever its language is.</summary>
public interface IStockClient
{
    string Name { get; }

    /// <summary>Codecs that it can produce with here.</summary>
    IReadOnlyList<string> Codecs { get; }

    bool CanBeIdempotent { get; }

    /// <summary>Whether it can read a partition without being in a group.</summary>
    bool CanAssign { get; }

    Task CreateTopicAsync(string topic, int partitions, int replicas, IReadOnlyDictionary<string, string> configs);

    Task AddPartitionsAsync(string topic, int total);

    Task DeleteTopicAsync(string topic);

    Task<IReadOnlyDictionary<string, string?>> ConfigsAsync(string topic);

    Task<IReadOnlyList<int>> BrokersAsync();

    Task<IReadOnlyList<PartitionDescription>> DescribeAsync(string topic);

    /// <summary>The offsets of the records, in their order; -1 where none is told (acks=0).</summary>
    Task<IReadOnlyList<long>> ProduceAsync(
        string topic, IReadOnlyList<ClientRecord> records, ProduceSettings settings);

    Task<PartitionOffsets> OffsetsAsync(string topic, int partition, long timestamp);

    Task<IReadOnlyList<PlacedRecord>> ConsumeAsync(string topic, int partition, long from, int count);
}
