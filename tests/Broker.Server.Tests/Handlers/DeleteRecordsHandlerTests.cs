using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class DeleteRecordsHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();
    private readonly FakePartition _partition;

    public DeleteRecordsHandlerTests()
    {
        TopicImage topic = _bench.Cluster.AddTopic("orders", 2);
        _partition = _bench.Partitions.Host(topic, 0);
        _partition.Deletion = new DeleteOutcome(PartitionFault.None, new Offset(40));
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Where_the_partition_begins_now_is_told_in_every_version(short version)
    {
        DeleteRecordsResponse.DeleteRecordsPartitionResult result = await DeleteAsync(0, 40, version);

        Assert.Equal((ErrorCode.None, 40L), (result.ErrorCode, result.LowWatermark));
        Assert.Equal((new Offset(40), TimeSpan.FromMilliseconds(700)), Assert.Single(_partition.Deleted));
    }

    [Fact]
    public async Task Minus_one_is_the_high_watermark_and_any_other_negative_offset_is_left_to_the_group()
    {
        await DeleteAsync(0, -1, 2);
        await DeleteAsync(0, -2, 2);

        Assert.Equal([null, new Offset(-2)], _partition.Deleted.Select(deletion => deletion.Before));
    }

    [Theory]
    [InlineData(PartitionFault.OffsetOutOfRange, ErrorCode.OffsetOutOfRange)]
    [InlineData(PartitionFault.NotLeader, ErrorCode.NotLeaderOrFollower)]
    [InlineData(PartitionFault.Policy, ErrorCode.PolicyViolation)]
    [InlineData(PartitionFault.TimedOut, ErrorCode.RequestTimedOut)]
    [InlineData(PartitionFault.Busy, ErrorCode.ThrottlingQuotaExceeded)]
    public async Task A_refusal_has_no_low_watermark(PartitionFault fault, ErrorCode code)
    {
        _partition.Deletion = new DeleteOutcome(fault, new Offset(-1));
        DeleteRecordsResponse.DeleteRecordsPartitionResult result = await DeleteAsync(0, 40, 2);
        Assert.Equal((code, -1L), (result.ErrorCode, result.LowWatermark));
    }

    [Fact]
    public async Task A_partition_that_is_elsewhere_or_nowhere_is_said_to_be()
    {
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await DeleteAsync(1, 3, 2)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await DeleteAsync(5, 3, 2)).ErrorCode);
    }

    private async Task<DeleteRecordsResponse.DeleteRecordsPartitionResult> DeleteAsync(
        int partition, long offset, short version)
    {
        var request = new DeleteRecordsRequest { TimeoutMs = 700 };
        DeleteRecordsRequest.DeleteRecordsTopic topic = request.Topics.Add();
        topic.Name = "orders";
        DeleteRecordsRequest.DeleteRecordsPartition wish = topic.Partitions.Add();
        (wish.PartitionIndex, wish.Offset) = (partition, offset);
        return (await _bench.AskAsync(request, version)).Topics[0].Partitions[0];
    }
}
