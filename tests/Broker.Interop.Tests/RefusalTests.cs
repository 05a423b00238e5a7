using Broker.Interop.Tests.Cluster;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>What is not allowed is refused with Kafka's own error, as a stock client shows it.</summary>
public sealed class RefusalTests(SharedCluster cluster)
{
    [Fact]
    public async Task More_replicas_than_brokers() => Assert.Equal(
        ErrorCode.InvalidReplicationFactor,
        await CreateAsync(new TopicSpecification { Name = "too-many", NumPartitions = 1, ReplicationFactor = 4 }));

    [Fact]
    public async Task A_name_that_is_not_allowed() => Assert.Equal(
        ErrorCode.TopicException,
        await CreateAsync(new TopicSpecification { Name = "no spaces", NumPartitions = 1, ReplicationFactor = 3 }));

    [Fact]
    public async Task No_partitions_at_all() => Assert.Equal(
        ErrorCode.InvalidPartitions,
        await CreateAsync(new TopicSpecification { Name = "none", NumPartitions = 0, ReplicationFactor = 3 }));

    [Fact]
    public async Task A_configuration_that_does_not_exist() => Assert.Equal(
        ErrorCode.InvalidConfig,
        await CreateAsync(new TopicSpecification
        {
            Name = "configured",
            NumPartitions = 1,
            ReplicationFactor = 3,
            Configs = new Dictionary<string, string> { ["retention.mss"] = "1" },
        }));

    [Fact]
    public async Task A_topic_that_exists()
    {
        var topic = new TopicSpecification
        {
            Name = cluster.NewName("twice"),
            NumPartitions = 1,
            ReplicationFactor = 3,
        };

        Assert.Equal(ErrorCode.NoError, await CreateAsync(topic));
        Assert.Equal(ErrorCode.TopicAlreadyExists, await CreateAsync(topic));
    }

    [Fact]
    public async Task Deleting_a_topic_that_does_not_exist()
    {
        using IAdminClient admin = Admin();

        var refused = await Assert.ThrowsAsync<DeleteTopicsException>(
            () => admin.DeleteTopicsAsync(["there-is-no-such-topic"]));

        Assert.Equal(ErrorCode.UnknownTopicOrPart, refused.Results[0].Error.Code);
    }

    [Fact]
    public async Task A_record_that_is_larger_than_the_topic_allows()
    {
        string topic = cluster.NewName("small");
        await CreateAsync(new TopicSpecification
        {
            Name = topic,
            NumPartitions = 1,
            ReplicationFactor = 3,
            Configs = new Dictionary<string, string> { ["max.message.bytes"] = "1000" },
        });
        using IProducer<Null, byte[]> producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = cluster.Bootstrap }).Build();

        var refused = await Assert.ThrowsAsync<ProduceException<Null, byte[]>>(
            () => producer.ProduceAsync(
                topic,
                new Message<Null, byte[]> { Value = new byte[5000] },
                TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    private async Task<ErrorCode> CreateAsync(TopicSpecification topic)
    {
        using IAdminClient admin = Admin();
        try
        {
            await admin.CreateTopicsAsync([topic]);
            return ErrorCode.NoError;
        }
        catch (CreateTopicsException refused)
        {
            return refused.Results[0].Error.Code;
        }
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Bootstrap }).Build();
}
