using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.LeaveGroupRequest, Broker.Protocol.Messages.LeaveGroupResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>LeaveGroup, versions 0 to 5: several members at once from 3 on, each with an outcome of its own.</summary>
internal sealed class LeaveGroupHandler(HandlerServices services)
    : MessageHandler<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, services)
{
    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (LeaveGroupRequest request, LeaveGroupResponse response) = (exchange.Request, exchange.Response);
        IReadOnlyList<LeavingMember> leaving = context.Version < 3
            ? [new LeavingMember(request.MemberId, null)]
            : [.. request.Members.Select(member => new LeavingMember(member.MemberId, member.GroupInstanceId))];
        response.ErrorCode = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        if (coordinator is null)
            return ValueTask.FromResult(true);

        (response.ErrorCode, IReadOnlyList<ErrorCode> outcomes) = coordinator.Leave(request.GroupId, leaving);
        if (context.Version < 3)
        {
            if (response.ErrorCode == ErrorCode.None)
                response.ErrorCode = outcomes[0];
            return ValueTask.FromResult(true);
        }

        for (int i = 0; i < outcomes.Count; i++)
        {
            LeaveGroupResponse.MemberResponse entry = response.Members.Add();
            (entry.MemberId, entry.GroupInstanceId) = (leaving[i].MemberId, leaving[i].InstanceId);
            entry.ErrorCode = outcomes[i];
        }

        return ValueTask.FromResult(true);
    }
}
