using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Controller;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.IncrementalAlterConfigsRequest, Broker.Protocol.Messages.IncrementalAlterConfigsResponse>;
using Resource = Broker.Protocol.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource;

namespace Broker.Server.Handlers;

/// <summary>
/// IncrementalAlterConfigs, versions 0 to 1, of a broker's <see cref="DrainingConfig"/> alone. Any broker takes it, for
/// any other. Configs of topics are given when a topic is created and can't be changed yet.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(HandlerServices services)
    : MessageHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
        ApiKey.IncrementalAlterConfigs, services)
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;

    // The request names no time to wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        IncrementalAlterConfigsRequest request = exchange.Request;
        HashSet<(sbyte, string)> twice = NamedTwice.In(
            request.Resources.Select(resource => (resource.ResourceType, resource.ResourceName)));
        foreach (Resource resource in request.Resources)
        {
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = exchange.Response.Responses.Add();
            result.ResourceType = resource.ResourceType;
            result.ResourceName = resource.ResourceName;
            (result.ErrorCode, result.ErrorMessage) =
                twice.Contains((resource.ResourceType, resource.ResourceName))
                    ? (ErrorCode.InvalidRequest, "The resource is named twice in the request.")
                    : await AlterAsync(resource, request.ValidateOnly, context.Session.Closed);
        }

        return true;
    }

    private async Task<(ErrorCode, string?)> AlterAsync(
        Resource resource, bool validateOnly, CancellationToken cancellation)
    {
        switch (resource.ResourceType)
        {
            case Topic:
                return (ErrorCode.InvalidRequest, "A topic's configs are given when it is created; not changed yet.");
            case not Broker:
                return (ErrorCode.InvalidRequest, "Only topics (2) and brokers (4) have configs.");
        }

        if (DrainingConfig.ReadBroker(resource.ResourceName, out BrokerId broker) is { } noBroker)
            return (ErrorCode.InvalidRequest, noBroker);
        if (DrainingConfig.ReadWish(resource, out bool isDraining) is { } noWish)
            return (ErrorCode.InvalidConfig, noWish);

        (ControllerFault fault, Refusal? refusal) = await Services.Controller.MarkDrainingAsync(
            broker, isDraining, validateOnly, Limit, cancellation);
        return RefusalCode.Of(fault, refusal);
    }
}
