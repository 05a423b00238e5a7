using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Handlers.Configs;

/// <summary>AlterConfigs and IncrementalAlterConfigs.</summary>
public sealed class AlterConfigsHandlerTests : IDisposable
{
    private const sbyte Topic = 2;
    private const sbyte BrokerResource = 4;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const string Draining = "broker.draining";

    private readonly HandlerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0, Set, "true", true)]
    [InlineData(1, Set, "false", false)]
    [InlineData(1, Delete, null, false)]
    public async Task A_broker_is_marked_by_its_config(short version, sbyte operation, string? value, bool isDraining)
    {
        IncrementalAlterConfigsRequest request = Asking(BrokerResource, "3", Draining, operation, value);
        request.ValidateOnly = isDraining;
        IncrementalAlterConfigsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal((ErrorCode.None, "3"), (response.Responses[0].ErrorCode, response.Responses[0].ResourceName));
        Assert.Equal((new BrokerId(3), isDraining), Assert.Single(_bench.Controller.Marked));
        Assert.Equal(isDraining, _bench.Controller.ValidateOnly);
    }

    [Theory]
    [InlineData(BrokerResource, "3", "num.partitions", Set, "4", ErrorCode.InvalidConfig, "only broker.draining")]
    [InlineData(BrokerResource, "3", Draining, Set, "perhaps", ErrorCode.InvalidConfig, "found 'perhaps'")]
    [InlineData(BrokerResource, "3", Draining, Append, "true", ErrorCode.InvalidConfig, "no list")]
    [InlineData(BrokerResource, "three", Draining, Set, "true", ErrorCode.InvalidRequest, "not the number of a broker")]
    [InlineData(BrokerResource, "", Draining, Set, "true", ErrorCode.InvalidRequest, "name one")]
    [InlineData(Topic, "gone", "retention.ms", Set, "5", ErrorCode.UnknownTopicOrPartition, "no topic 'gone'")]
    [InlineData(Topic, "t", "retention.ms", 7, "5", ErrorCode.InvalidRequest, "no operation 7")]
    [InlineData(8, "x", "y", Set, "z", ErrorCode.InvalidRequest, "Only topics (2) and brokers (4)")]
    public async Task What_can_not_be_changed_is_refused_with_the_reason(
        sbyte type, string name, string config, sbyte operation, string value, ErrorCode code, string reason)
    {
        _bench.Cluster.AddTopic("t", 1);
        IncrementalAlterConfigsResponse response =
            await _bench.AskAsync(Asking(type, name, config, operation, value), 1);
        Assert.Equal(code, response.Responses[0].ErrorCode);
        Assert.Contains(reason, response.Responses[0].ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_bench.Controller.Marked);
        Assert.Empty(_bench.Controller.Altered);
    }

    [Theory]
    [InlineData(0, Set, "5")]
    [InlineData(1, Append, "compact")]
    public async Task A_topics_config_is_changed_alone(short version, sbyte operation, string value)
    {
        TopicImage topic = _bench.Cluster.AddTopic("t", 1);
        IncrementalAlterConfigsRequest request = Asking(Topic, "t", "some.config", operation, value);
        request.ValidateOnly = true;
        IncrementalAlterConfigsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal((ErrorCode.None, "t"), (response.Responses[0].ErrorCode, response.Responses[0].ResourceName));
        TopicConfigWish wish = Assert.Single(_bench.Controller.Altered);
        Assert.Equal((topic.Id, "t", false), (wish.Id, wish.Topic, wish.ReplacesAll));
        Assert.Equal(new ConfigChange("some.config", (ConfigOperation)operation, value), Assert.Single(wish.Changes));
        Assert.True(_bench.Controller.ValidateOnly);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_topics_configs_are_replaced_together(short version)
    {
        TopicImage topic = _bench.Cluster.AddTopic("t", 1);
        AlterConfigsRequest request = Replacing(Topic, "t", ("retention.ms", "5"));
        Add(request, Topic, "gone");
        AlterConfigsResponse response = await _bench.AskAsync(request, version);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition], response.Responses.Select(each => each.ErrorCode));
        TopicConfigWish wish = Assert.Single(_bench.Controller.Altered);
        Assert.Equal((topic.Id, true), (wish.Id, wish.ReplacesAll));
        Assert.Equal(new ConfigChange("retention.ms", ConfigOperation.Set, "5"), Assert.Single(wish.Changes));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData(null, false)]
    public async Task All_that_a_broker_has_is_replaced_too(string? mark, bool isDraining)
    {
        AlterConfigsRequest request = mark is null
            ? Replacing(BrokerResource, "3")
            : Replacing(BrokerResource, "3", (Draining, mark));
        AlterConfigsResponse response = await _bench.AskAsync(request, 2);
        Assert.Equal(ErrorCode.None, response.Responses[0].ErrorCode);
        Assert.Equal((new BrokerId(3), isDraining), Assert.Single(_bench.Controller.Marked));
    }

    [Fact]
    public async Task Whether_a_topic_is_there_is_not_said_by_an_image_that_may_be_old()
    {
        _bench.Cluster.CanBarrier = false;
        IncrementalAlterConfigsResponse response =
            await _bench.AskAsync(Asking(Topic, "new", "retention.ms", Set, "5"), 1);
        Assert.Equal(ErrorCode.RequestTimedOut, response.Responses[0].ErrorCode);
    }

    [Fact]
    public async Task A_refusal_is_passed_on_in_its_words()
    {
        _bench.Controller.Fault = ControllerFault.Refused;
        _bench.Controller.Refusal = new Refusal(RefusalReason.NoRoom, "because");
        IncrementalAlterConfigsResponse response =
            await _bench.AskAsync(Asking(BrokerResource, "3", Draining, Set, "true"), 1);
        Assert.Equal(ErrorCode.InvalidConfig, response.Responses[0].ErrorCode);
        Assert.Equal("because", response.Responses[0].ErrorMessage);
    }

    [Fact]
    public async Task A_broker_that_is_named_twice_is_not_marked()
    {
        IncrementalAlterConfigsRequest request = Asking(BrokerResource, "3", Draining, Set, "true");
        Add(request, BrokerResource, "3", Draining, Delete, null);
        IncrementalAlterConfigsResponse response = await _bench.AskAsync(request, 1);
        Assert.All(response.Responses, each => Assert.Equal(ErrorCode.InvalidRequest, each.ErrorCode));
        Assert.Empty(_bench.Controller.Marked);
    }

    private static IncrementalAlterConfigsRequest Asking(
        sbyte type, string name, string config, sbyte operation, string? value)
    {
        var request = new IncrementalAlterConfigsRequest();
        Add(request, type, name, config, operation, value);
        return request;
    }

    private static AlterConfigsRequest Replacing(sbyte type, string name, params (string, string)[] configs)
    {
        var request = new AlterConfigsRequest();
        Add(request, type, name, configs);
        return request;
    }

    private static void Add(
        AlterConfigsRequest request, sbyte type, string name, params (string Name, string Value)[] configs)
    {
        AlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (type, name);
        foreach ((string key, string value) in configs)
        {
            AlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
            (config.Name, config.Value) = (key, value);
        }
    }

    private static void Add(
        IncrementalAlterConfigsRequest request, sbyte type, string name, string config, sbyte operation, string? value)
    {
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (type, name);
        IncrementalAlterConfigsRequest.AlterableConfig entry = resource.Configs.Add();
        (entry.Name, entry.ConfigOperation, entry.Value) = (config, operation, value);
    }
}
