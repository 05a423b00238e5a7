using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ListGroupsRequest, Broker.Protocol.Messages.ListGroupsResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>ListGroups, versions 0 to 5: the groups that this broker coordinates, all of the classic type.</summary>
internal sealed class ListGroupsHandler(HandlerServices services)
    : MessageHandler<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, services)
{
    private const string Type = "classic";

    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (ListGroupsRequest request, ListGroupsResponse response) = (exchange.Request, exchange.Response);
        foreach (GroupCoordinator coordinator in Services.Groups.All())
        {
            (ErrorCode error, IReadOnlyList<ListedGroup> groups) = coordinator.List();
            if (error != ErrorCode.None)
                response.ErrorCode = error;
            foreach (ListedGroup group in groups.Where(group => IsWanted(request, group)))
            {
                ListGroupsResponse.ListedGroup entry = response.Groups.Add();
                (entry.GroupId, entry.ProtocolType) = (group.Id, group.ProtocolType);
                (entry.GroupState, entry.GroupType) = (GroupFinder.NameOf(group.State), Type);
            }
        }

        return ValueTask.FromResult(true);
    }

    private static bool IsWanted(ListGroupsRequest request, ListedGroup group) =>
        IsAmong(request.StatesFilter, GroupFinder.NameOf(group.State)) && IsAmong(request.TypesFilter, Type);

    private static bool IsAmong(List<string> wanted, string found) =>
        wanted.Count == 0 || wanted.Contains(found, StringComparer.OrdinalIgnoreCase);
}
