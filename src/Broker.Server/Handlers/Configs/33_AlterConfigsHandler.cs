using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.AlterConfigsRequest, Broker.Protocol.Messages.AlterConfigsResponse>;

namespace Broker.Server.Handlers.Configs;

/// <summary>
/// AlterConfigs, versions 0 to 2: what is set on a topic afterwards is what the request names, and nothing else. Of a
/// broker that is its <see cref="DrainingConfig"/>.
/// </summary>
internal sealed class AlterConfigsHandler(HandlerServices services)
    : MessageHandler<AlterConfigsRequest, AlterConfigsResponse>(ApiKey.AlterConfigs, services)
{
    private readonly ConfigAlteration _alteration = new(services);

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        AlterConfigsRequest request = exchange.Request;
        ConfigResource[] resources =
        [
            .. request.Resources.Select(resource => new ConfigResource(
                resource.ResourceType,
                resource.ResourceName,
                ReplacesAll: true,
                [.. resource.Configs.Select(
                    config => new ConfigChange(config.Name, ConfigOperation.Set, config.Value))])),
        ];
        IReadOnlyList<(ErrorCode Code, string? Message)> answers = await _alteration.AlterAsync(
            resources, request.ValidateOnly, context.Session.Closed);
        for (int i = 0; i < resources.Length; i++)
        {
            AlterConfigsResponse.AlterConfigsResourceResponse result = exchange.Response.Responses.Add();
            (result.ResourceType, result.ResourceName) = (resources[i].Type, resources[i].Name);
            (result.ErrorCode, result.ErrorMessage) = answers[i];
        }

        return true;
    }
}
