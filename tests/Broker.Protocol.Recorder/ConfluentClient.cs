using System.Runtime.InteropServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Broker.Protocol.Recorder;

/// <summary>Each kind of request that the current librdkafka sends through Confluent.Kafka, without a group.</summary>
internal static class ConfluentClient
{
    private const string Topic = "fixtures";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(string bootstrap)
    {
        LoadTheLibraryOfThePackage();
        var common = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = bootstrap,
            ["client.id"] = "confluent-dotnet-fixture",
        };
        using IAdminClient admin = new AdminClientBuilder(common).Build();
        await admin.CreateTopicsAsync([new() { Name = Topic, NumPartitions = 2, ReplicationFactor = 1 }]);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = Topic, IncreaseTo = 3 }]);
        await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = Topic }]);
        await admin.DescribeClusterAsync();
        await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([Topic]));
        var first = new TopicPartition(Topic, 0);
        await admin.ListOffsetsAsync([new() { TopicPartition = first, OffsetSpec = OffsetSpec.MaxTimestamp() }]);
        foreach (string codec in (string[])["none", "gzip", "snappy", "lz4", "zstd"])
            Produce(common, codec);
        Consume(common);
        await admin.DeleteTopicsAsync([Topic]);
    }

    /// <summary>
    /// The package's first choice wants a libsasl2 that Debian has not, and then an older librdkafka of the system
    /// would be taken without a word; the variant for CentOS 8 wants nothing.
    /// </summary>
    private static void LoadTheLibraryOfThePackage()
    {
        string runtime = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        string path = Path.Combine(AppContext.BaseDirectory, "runtimes", runtime, "native", "centos8-librdkafka.so");
        NativeLibrary.SetDllImportResolver(
            typeof(Library).Assembly, (name, _, _) => name == "librdkafka" ? NativeLibrary.Load(path) : 0);
    }

    private static void Produce(Dictionary<string, string> common, string codec)
    {
        var settings = new Dictionary<string, string>(common)
        {
            ["compression.type"] = codec,
            ["enable.idempotence"] = "true",
        };
        using IProducer<string, string> producer = new ProducerBuilder<string, string>(settings).Build();
        for (int i = 0; i < 20; i++)
        {
            var message = new Message<string, string>
            {
                Key = $"key-{i}",
                Value = $"value-{i}",
                Headers = [new Header("trace", [1, 2, 3])],
                Timestamp = new Timestamp(1600000000000 + i, TimestampType.CreateTime),
            };
            producer.Produce(new TopicPartition(Topic, i % 3), message);
        }

        producer.Flush(Patience);
    }

    private static void Consume(Dictionary<string, string> common)
    {
        var settings = new Dictionary<string, string>(common) { ["group.id"] = "unused" };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(settings).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(FromTheBeginning));
        for (int i = 0; i < 100; i++)
        {
            if (consumer.Consume(Patience) is null)
                throw new TimeoutException($"only {i} records came back");
        }

        consumer.OffsetsForTimes([new(Topic, 0, new Timestamp(1600000000000, TimestampType.CreateTime))], Patience);
    }

    private static TopicPartitionOffset FromTheBeginning(int partition) => new(Topic, partition, Offset.Beginning);
}
