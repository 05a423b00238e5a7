using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>DescribeConfigs, DescribeCluster, DescribeTopicPartitions and InitProducerId.</summary>
public sealed class DescribeHandlersTests : IDisposable
{
    private const sbyte Topic = 2;
    private const sbyte BrokerResource = 4;

    private readonly HandlerBench _bench = new("--log.retention.ms=5000");

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_topics_configs_come_with_where_they_are_set_and_what_they_fall_back_to(short version)
    {
        _bench.Cluster.AddTopic("orders", 1, ("max.message.bytes", "77"));
        DescribeConfigsRequest request = Asking(Topic, "orders");
        request.IncludeSynonyms = true;
        request.IncludeDocumentation = version >= 3;
        DescribeConfigsResponse.DescribeConfigsResult result = (await _bench.AskAsync(request, version)).Results[0];
        Assert.Equal(14, result.Configs.Count);
        DescribeConfigsResponse.DescribeConfigsResourceResult set = Find(result, "max.message.bytes");
        Assert.Equal(("77", 1), (set.Value, set.ConfigSource));
        Assert.Equal([1, 5], set.Synonyms.Select(synonym => (int)synonym.Source));
        DescribeConfigsResponse.DescribeConfigsResourceResult ofBroker = Find(result, "retention.ms");
        Assert.Equal(("5000", 4), (ofBroker.Value, ofBroker.ConfigSource));
        Assert.Equal("log.retention.ms", ofBroker.Synonyms[0].Name);
        Assert.Equal((sbyte)5, Find(result, "cleanup.policy").ConfigSource);
        Assert.Equal(version >= 3, set.Documentation is { Length: > 0 });
    }

    [Fact]
    public async Task A_brokers_configs_are_its_own_and_read_only()
    {
        DescribeConfigsRequest request = Asking(BrokerResource, "1");
        request.Resources[0].ConfigurationKeys = ["log.retention.ms", "num.partitions"];
        DescribeConfigsResponse.DescribeConfigsResult result = (await _bench.AskAsync(request, 4)).Results[0];
        Assert.Equal(2, result.Configs.Count);
        Assert.All(result.Configs, config => Assert.True(config.ReadOnly));
        DescribeConfigsResponse.DescribeConfigsResourceResult given = Find(result, "log.retention.ms");
        Assert.Equal(("5000", 4), (given.Value, given.ConfigSource));
        DescribeConfigsResponse.DescribeConfigsResourceResult left = Find(result, "num.partitions");
        Assert.Equal(("1", 5), (left.Value, left.ConfigSource));
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    public async Task Whether_a_broker_is_drained_is_known_of_any(string broker, bool isDraining)
    {
        _bench.Cluster.Apply(new BrokerDraining(new BrokerId(2), true));
        DescribeConfigsRequest request = Asking(BrokerResource, broker);
        request.Resources[0].ConfigurationKeys = ["broker.draining"];
        DescribeConfigsResponse.DescribeConfigsResult result = (await _bench.AskAsync(request, 4)).Results[0];
        DescribeConfigsResponse.DescribeConfigsResourceResult config = Assert.Single(result.Configs);
        Assert.Equal(isDraining ? "true" : "false", config.Value);
        Assert.Equal((sbyte)(isDraining ? 2 : 5), config.ConfigSource);
        Assert.False(config.ReadOnly);
        _bench.Cluster.CanBarrier = false;
        result = (await _bench.AskAsync(request, 4)).Results[0];
        Assert.Equal(ErrorCode.RequestTimedOut, result.ErrorCode);
    }

    [Theory]
    [InlineData(BrokerResource, "9", ErrorCode.InvalidRequest)]
    [InlineData(BrokerResource, "two", ErrorCode.InvalidRequest)]
    [InlineData(Topic, "missing", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(BrokerResource, "2", ErrorCode.InvalidRequest)]
    [InlineData(8, "x", ErrorCode.InvalidRequest)]
    public async Task What_has_no_configs_is_refused(sbyte type, string name, ErrorCode code)
    {
        DescribeConfigsResponse response = await _bench.AskAsync(Asking(type, name), 4);
        Assert.Equal(code, response.Results[0].ErrorCode);
        Assert.NotEmpty(response.Results[0].ErrorMessage!);
    }

    [Fact]
    public async Task Without_a_metadata_leader_a_topics_configs_are_not_guessed()
    {
        _bench.Cluster.AddTopic("orders", 1);
        _bench.Cluster.CanBarrier = false;
        DescribeConfigsResponse response = await _bench.AskAsync(Asking(Topic, "orders"), 4);
        Assert.Equal(ErrorCode.RequestTimedOut, response.Results[0].ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_cluster_is_described(short version)
    {
        _bench.Cluster.Kill(3);
        DescribeClusterResponse response = await _bench.AskAsync(new DescribeClusterRequest(), version);
        Assert.Equal(_bench.Cluster.Image.ClusterId.ToString(), response.ClusterId);
        Assert.Equal(new BrokerId(2), response.ControllerId);
        Assert.Equal([("broker-1", "rack-1"), ("broker-2", "rack-2")], response.Brokers.Select(b => (b.Host, b.Rack!)));
    }

    [Fact]
    public async Task The_controllers_endpoints_are_not_told()
    {
        DescribeClusterResponse response = await _bench.AskAsync(new DescribeClusterRequest { EndpointType = 2 }, 1);
        Assert.Equal(ErrorCode.UnsupportedEndpointType, response.ErrorCode);
    }

    [Fact]
    public async Task Topics_come_page_by_page_and_each_partition_once()
    {
        _bench.Cluster.AddTopic("b", 3);
        _bench.Cluster.AddTopic("a", 2);
        _bench.Cluster.AddTopic("c", 2);
        var request = new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 3 };
        var seen = new List<string>();
        var pages = 0;
        do
        {
            DescribeTopicPartitionsResponse page = await _bench.AskAsync(request, 0);
            Assert.True(page.Topics.Sum(topic => topic.Partitions.Count) <= 3);
            seen.AddRange(page.Topics.SelectMany(
                topic => topic.Partitions.Select(partition => $"{topic.Name}{partition.PartitionIndex}")));
            request.Cursor = page.NextCursor is { } next
                ? new() { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex }
                : null;
            pages++;
        }
        while (request.Cursor is not null);

        Assert.Equal(["a0", "a1", "b0", "b1", "b2", "c0", "c1"], seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Topics_that_do_not_exist_are_named()
    {
        var request = new DescribeTopicPartitionsRequest();
        request.Topics.Add().Name = "missing";
        DescribeTopicPartitionsResponse response = await _bench.AskAsync(request, 0);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(response.Topics).ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task An_idempotent_producer_gets_an_id(short version)
    {
        InitProducerIdResponse response = await _bench.AskAsync(new InitProducerIdRequest(), version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal((4000L, 0), (response.ProducerId.Value, response.ProducerEpoch));
    }

    [Fact]
    public async Task Without_a_metadata_leader_the_producer_is_told_to_try_again()
    {
        _bench.Controller.NextId = null;
        InitProducerIdResponse response = await _bench.AskAsync(new InitProducerIdRequest(), 4);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, response.ErrorCode);
    }

    [Fact]
    public async Task A_transactional_producer_is_sent_to_its_coordinator_and_its_wishes_are_judged()
    {
        using var bench = new HandlerBench("--transactions.enable=true");
        var request = new InitProducerIdRequest { TransactionalId = "tx", TransactionTimeoutMs = 1000 };
        Assert.Equal(ErrorCode.InvalidRequest, (await _bench.AskAsync(request, 4)).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, (await bench.AskAsync(request, 4)).ErrorCode);
        request.TransactionTimeoutMs = 900_001;
        Assert.Equal(ErrorCode.InvalidTransactionTimeout, (await bench.AskAsync(request, 4)).ErrorCode);
        request.TransactionalId = "";
        Assert.Equal(ErrorCode.InvalidRequest, (await bench.AskAsync(request, 4)).ErrorCode);
    }

    private static DescribeConfigsRequest Asking(sbyte type, string name)
    {
        var request = new DescribeConfigsRequest();
        DescribeConfigsRequest.DescribeConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName, resource.ConfigurationKeys) = (type, name, null);
        return request;
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Find(
        DescribeConfigsResponse.DescribeConfigsResult result, string name) =>
        Assert.Single(result.Configs, config => config.Name == name);
}
