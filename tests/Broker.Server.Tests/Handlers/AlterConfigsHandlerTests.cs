using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>IncrementalAlterConfigs.</summary>
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
    [InlineData(Topic, "t", "retention.ms", Set, "5", ErrorCode.InvalidRequest, "when it is created")]
    [InlineData(8, "x", "y", Set, "z", ErrorCode.InvalidRequest, "Only topics (2) and brokers (4)")]
    public async Task What_can_not_be_changed_is_refused_with_the_reason(
        sbyte type, string name, string config, sbyte operation, string value, ErrorCode code, string reason)
    {
        IncrementalAlterConfigsResponse response =
            await _bench.AskAsync(Asking(type, name, config, operation, value), 1);
        Assert.Equal(code, response.Responses[0].ErrorCode);
        Assert.Contains(reason, response.Responses[0].ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_bench.Controller.Marked);
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

    private static void Add(
        IncrementalAlterConfigsRequest request, sbyte type, string name, string config, sbyte operation, string? value)
    {
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        (resource.ResourceType, resource.ResourceName) = (type, name);
        IncrementalAlterConfigsRequest.AlterableConfig entry = resource.Configs.Add();
        (entry.Name, entry.ConfigOperation, entry.Value) = (config, operation, value);
    }
}
