using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DeleteGroupsRequest, Broker.Protocol.Messages.DeleteGroupsResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>DeleteGroups, versions 0 to 2: groups without members, each answered when its records are gone.</summary>
internal sealed class DeleteGroupsHandler(HandlerServices services)
    : MessageHandler<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        foreach (string group in exchange.Request.GroupsNames)
        {
            DeleteGroupsResponse.DeletableGroupResult result = exchange.Response.Results.Add();
            result.GroupId = group;
            result.ErrorCode = Services.Groups.Find(group, out GroupCoordinator? coordinator);
            if (coordinator is not null)
                result.ErrorCode = await coordinator.DeleteAsync(group);
        }

        return true;
    }
}
