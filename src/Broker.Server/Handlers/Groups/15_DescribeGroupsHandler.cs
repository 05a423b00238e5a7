using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DescribeGroupsRequest, Broker.Protocol.Messages.DescribeGroupsResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>DescribeGroups, versions 0 to 5. A group of which nothing is known is shown as dead, without an
/// error.</summary>
internal sealed class DescribeGroupsHandler(HandlerServices services)
    : MessageHandler<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, services)
{
    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        foreach (string id in exchange.Request.Groups)
        {
            DescribeGroupsResponse.DescribedGroup entry = exchange.Response.Groups.Add();
            entry.GroupId = id;
            entry.ErrorCode = Services.Groups.Find(id, out GroupCoordinator? coordinator);
            if (coordinator is null)
                continue;

            (entry.ErrorCode, GroupState state, GroupMetadata? group) = coordinator.Describe(id);
            if (entry.ErrorCode != ErrorCode.None)
                continue;

            entry.GroupState = GroupFinder.NameOf(state);
            (entry.ProtocolType, entry.ProtocolData) = (group?.ProtocolType ?? "", group?.ProtocolName ?? "");
            if (exchange.Request.IncludeAuthorizedOperations)
                entry.AuthorizedOperations = AuthorizedOperations.OfGroup;
            foreach (MemberMetadata member in group?.Members ?? [])
                Fill(entry.Members.Add(), member);
        }

        return ValueTask.FromResult(true);
    }

    private static void Fill(DescribeGroupsResponse.DescribedGroupMember entry, MemberMetadata member)
    {
        (entry.MemberId, entry.GroupInstanceId) = (member.MemberId, member.InstanceId);
        (entry.ClientId, entry.ClientHost) = (member.ClientId, member.ClientHost);
        (entry.MemberMetadata, entry.MemberAssignment) = (member.Subscription, member.Assignment);
    }
}
