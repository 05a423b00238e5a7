using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

public sealed class DescribeLogDirsHandlerTests : IDisposable
{
    private readonly HandlerBench _bench = new();

    public DescribeLogDirsHandlerTests()
    {
        TopicImage orders = _bench.Cluster.AddTopic("orders", 3);
        TopicImage payments = _bench.Cluster.AddTopic("payments", 1);
        _bench.Partitions.Host(orders, 0).SizeInBytes = 100;
        _bench.Partitions.Host(orders, 2).SizeInBytes = 300;
        _bench.Partitions.Host(payments, 0).SizeInBytes = 7;
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task All_replicas_that_this_broker_has_are_told_with_their_sizes(short version)
    {
        DescribeLogDirsResponse.DescribeLogDirsResult result = await AskAsync(new DescribeLogDirsRequest(), version);

        Assert.Equal(_bench.Services.Options.DataDirectory, result.LogDir);
        Assert.Equal(
            ["orders/0 100", "orders/2 300", "payments/0 7"], Sizes(result).Order(StringComparer.Ordinal));
        Assert.Equal(version >= 4 ? (1000, 400) : (-1, -1), (result.TotalBytes, result.UsableBytes));
    }

    [Fact]
    public async Task Of_what_is_asked_for_only_what_is_here_is_told()
    {
        var request = new DescribeLogDirsRequest { Topics = new() };
        Ask(request, "orders", 1, 2, 2, 9);
        Ask(request, "missing", 0);
        Assert.Equal(["orders/2 300"], Sizes(await AskAsync(request, 4)));
    }

    [Fact]
    public async Task Asked_for_no_topic_it_tells_of_the_disk_alone()
    {
        DescribeLogDirsResponse.DescribeLogDirsResult result =
            await AskAsync(new DescribeLogDirsRequest { Topics = new() }, 4);
        Assert.Empty(result.Topics);
        Assert.Equal(400, result.UsableBytes);
    }

    private static void Ask(DescribeLogDirsRequest request, string topic, params int[] partitions)
    {
        DescribeLogDirsRequest.DescribableLogDirTopic asked = request.Topics!.Add();
        asked.Topic = topic;
        asked.Partitions.AddRange(partitions);
    }

    private static IEnumerable<string> Sizes(DescribeLogDirsResponse.DescribeLogDirsResult result) =>
        result.Topics.SelectMany(topic => topic.Partitions.Select(
            partition => $"{topic.Name}/{partition.PartitionIndex} {partition.PartitionSize}"));

    private async Task<DescribeLogDirsResponse.DescribeLogDirsResult> AskAsync(
        DescribeLogDirsRequest request, short version)
    {
        DescribeLogDirsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        DescribeLogDirsResponse.DescribeLogDirsResult result = Assert.Single(response.Results);
        Assert.Equal(ErrorCode.None, result.ErrorCode);
        Assert.All(result.Topics.SelectMany(topic => topic.Partitions), partition =>
            Assert.Equal((0L, false), (partition.OffsetLag, partition.IsFutureKey)));
        return result;
    }
}
