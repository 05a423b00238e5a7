using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>What clients may not do to topics that are the brokers' own.</summary>
public sealed class InternalTopicRefusalTests : IDisposable
{
    private const string Name = InternalTopics.ConsumerOffsets;

    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task It_is_shown_as_internal()
    {
        _bench.Cluster.AddTopic(Name, 1);
        _bench.Cluster.AddTopic("orders", 1);
        MetadataResponse metadata = await _bench.AskAsync(new MetadataRequest { Topics = null }, 12);
        Assert.Equal([Name], metadata.Topics.Where(topic => topic.IsInternal).Select(topic => topic.Name));
        DescribeTopicPartitionsResponse described = await _bench.AskAsync(
            new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 10 }, 0);
        Assert.Equal([Name], described.Topics.Where(topic => topic.IsInternal).Select(topic => topic.Name));
    }

    [Fact]
    public async Task Nobody_else_writes_to_it()
    {
        _bench.Cluster.AddTopic(Name, 1);
        var request = new ProduceRequest { Acks = -1, TimeoutMs = 1000 };
        ProduceRequest.TopicProduceData data = request.TopicData.Add();
        data.Name = Name;
        data.PartitionData.Add().Records = new RecordBytes(new byte[100]);
        ProduceResponse response = await _bench.AskAsync(request, 9);
        Assert.Equal(
            ErrorCode.InvalidTopicException,
            Assert.Single(Assert.Single(response.Responses).PartitionResponses).ErrorCode);
    }

    [Fact]
    public async Task Its_records_are_not_deleted()
    {
        _bench.Cluster.AddTopic(Name, 1);
        var request = new DeleteRecordsRequest { TimeoutMs = 1000 };
        DeleteRecordsRequest.DeleteRecordsTopic topic = request.Topics.Add();
        topic.Name = Name;
        topic.Partitions.Add().Offset = 1;
        DeleteRecordsResponse response = await _bench.AskAsync(request, 2);
        Assert.Equal(
            ErrorCode.InvalidTopicException, Assert.Single(Assert.Single(response.Topics).Partitions).ErrorCode);
    }

    [Fact]
    public async Task Nobody_else_creates_it()
    {
        var request = new CreateTopicsRequest { TimeoutMs = 1000 };
        request.Topics.Add().Name = Name;
        CreateTopicsResponse response = await _bench.AskAsync(request, 7);
        Assert.Equal(ErrorCode.InvalidTopicException, Assert.Single(response.Topics).ErrorCode);
        Assert.Empty(_bench.Controller.Wishes);
    }

    [Fact]
    public async Task Asking_for_it_does_not_create_it()
    {
        using var bench = new HandlerBench("--auto.create.topics.enable=true");
        var request = new MetadataRequest { AllowAutoTopicCreation = true };
        request.Topics!.Add().Name = Name;
        await bench.AskAsync(request, 9);
        Assert.Empty(bench.Controller.Wishes);
    }
}
