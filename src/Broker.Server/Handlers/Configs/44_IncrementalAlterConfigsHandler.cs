using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.IncrementalAlterConfigsRequest, Broker.Protocol.Messages.IncrementalAlterConfigsResponse>;

namespace Broker.Server.Handlers.Configs;

/// <summary>
/// IncrementalAlterConfigs, versions 0 to 1: single configs of topics, and a broker's <see cref="DrainingConfig"/>.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(HandlerServices services)
    : MessageHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
        ApiKey.IncrementalAlterConfigs, services)
{
    private readonly ConfigAlteration _alteration = new(services);

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        IncrementalAlterConfigsRequest request = exchange.Request;
        ConfigResource[] resources =
        [
            .. request.Resources.Select(resource => new ConfigResource(
                resource.ResourceType,
                resource.ResourceName,
                ReplacesAll: false,
                [.. resource.Configs.Select(config => new ConfigChange(
                    config.Name, (ConfigOperation)config.ConfigOperation, config.Value))])),
        ];
        IReadOnlyList<(ErrorCode Code, string? Message)> answers = await _alteration.AlterAsync(
            resources, request.ValidateOnly, context.Session.Closed);
        for (int i = 0; i < resources.Length; i++)
        {
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = exchange.Response.Responses.Add();
            (result.ResourceType, result.ResourceName) = (resources[i].Type, resources[i].Name);
            (result.ErrorCode, result.ErrorMessage) = answers[i];
        }

        return true;
    }
}
