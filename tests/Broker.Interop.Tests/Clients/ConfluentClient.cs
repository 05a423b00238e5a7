using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Broker.Interop.Tests.Clients;

/// <summary>NuGet's Confluent.Kafka, with a current librdkafka, in this process.</summary>
internal sealed class ConfluentClient(string bootstrap) : IStockClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Name => "Confluent.Kafka";

    public IReadOnlyList<string> Codecs { get; } = ["none", "gzip", "snappy", "lz4", "zstd"];

    public bool CanBeIdempotent => true;

    public bool CanAssign => true;

    public async Task CreateTopicAsync(
        string topic, int partitions, int replicas, IReadOnlyDictionary<string, string> configs)
    {
        using IAdminClient admin = Admin();
        var specification = new TopicSpecification
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = (short)replicas,
            Configs = new Dictionary<string, string>(configs),
        };
        await admin.CreateTopicsAsync([specification], new CreateTopicsOptions { OperationTimeout = Limit });
    }

    public async Task AddPartitionsAsync(string topic, int total)
    {
        using IAdminClient admin = Admin();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = total }]);
    }

    public async Task DeleteTopicAsync(string topic)
    {
        using IAdminClient admin = Admin();
        await admin.DeleteTopicsAsync([topic], new DeleteTopicsOptions { OperationTimeout = Limit });
    }

    public async Task<IReadOnlyDictionary<string, string?>> ConfigsAsync(string topic)
    {
        using IAdminClient admin = Admin();
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        List<DescribeConfigsResult> found = await admin.DescribeConfigsAsync([resource]);
        return found[0].Entries.ToDictionary(entry => entry.Key, string? (entry) => entry.Value.Value);
    }

    public Task<IReadOnlyList<int>> BrokersAsync()
    {
        using IAdminClient admin = Admin();
        return Task.FromResult<IReadOnlyList<int>>(
            [.. admin.GetMetadata(Limit).Brokers.Select(broker => broker.BrokerId).Order()]);
    }

    public Task<IReadOnlyList<PartitionDescription>> DescribeAsync(string topic)
    {
        using IAdminClient admin = Admin();
        return Task.FromResult<IReadOnlyList<PartitionDescription>>(
        [
            .. admin.GetMetadata(topic, Limit).Topics.Single().Partitions
                .Select(partition => new PartitionDescription(
                    partition.PartitionId, partition.Leader, partition.Replicas, partition.InSyncReplicas.Length))
                .OrderBy(partition => partition.Partition),
        ]);
    }

    public async Task<IReadOnlyList<long>> ProduceAsync(
        string topic, IReadOnlyList<ClientRecord> records, ProduceSettings settings)
    {
        var configuration = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = (Acks)settings.Acks,
            CompressionType = Enum.Parse<CompressionType>(settings.Codec, ignoreCase: true),
            EnableIdempotence = settings.Idempotent,
            LingerMs = 20,
        };
        using IProducer<string?, string> producer = new ProducerBuilder<string?, string>(configuration).Build();
        DeliveryResult<string?, string>[] answers = await Task.WhenAll(
            records.Select(record => producer.ProduceAsync(
                new Confluent.Kafka.TopicPartition(topic, record.Partition), Write(record))));
        return [.. answers.Select(answer => answer.Offset.Value)];
    }

    public Task<PartitionOffsets> OffsetsAsync(string topic, int partition, long timestamp)
    {
        using IConsumer<string?, string> consumer = Consumer();
        var place = new Confluent.Kafka.TopicPartition(topic, partition);
        WatermarkOffsets ends = consumer.QueryWatermarkOffsets(place, Limit);
        var asked = new TopicPartitionTimestamp(place, new Timestamp(timestamp, TimestampType.CreateTime));
        long at = consumer.OffsetsForTimes([asked], Limit)[0].Offset.Value;
        return Task.FromResult(new PartitionOffsets(ends.Low.Value, ends.High.Value, at));
    }

    public Task<IReadOnlyList<PlacedRecord>> ConsumeAsync(string topic, int partition, long from, int count)
    {
        using IConsumer<string?, string> consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(topic, partition, from));
        var records = new List<PlacedRecord>();
        while (records.Count < count && consumer.Consume(Limit) is { } found)
        {
            records.Add(Read(found));
        }

        return Task.FromResult<IReadOnlyList<PlacedRecord>>(records);
    }

    private static Message<string?, string> Write(ClientRecord record)
    {
        var headers = new Headers();
        foreach ((string name, string value) in record.HeaderPairs)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return new Message<string?, string>
        {
            Key = record.Key,
            Value = record.Value,
            Headers = headers,
            Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime),
        };
    }

    private static PlacedRecord Read(ConsumeResult<string?, string> found) => new(
        new ClientRecord(
            found.Partition.Value,
            found.Message.Key,
            found.Message.Value,
            found.Message.Timestamp.UnixTimestampMs,
            ClientRecord.Join(found.Message.Headers.Select(
                header => (header.Key, Encoding.UTF8.GetString(header.GetValueBytes()))))),
        found.Offset.Value);

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();

    private IConsumer<string?, string> Consumer() => new ConsumerBuilder<string?, string>(
        new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "unused", EnableAutoCommit = false }).Build();
}
