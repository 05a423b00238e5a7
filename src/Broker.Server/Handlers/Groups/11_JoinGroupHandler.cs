using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Replication;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.JoinGroupRequest, Broker.Protocol.Messages.JoinGroupResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>
/// JoinGroup, versions 0 to 9. Answered when the next generation begins. From 4 on a new member is given an id first
/// and asks again (KIP-394); from 9 on a leader can be told that there is nothing to share out (KIP-814).
/// </summary>
internal sealed class JoinGroupHandler(HandlerServices services)
    : MessageHandler<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, services)
{
    protected override void TakeBytes(JoinGroupRequest request)
    {
        foreach (JoinGroupRequest.JoinGroupRequestProtocol protocol in request.Protocols)
            protocol.Metadata = protocol.Metadata.ToArray();
    }

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        JoinGroupRequest request = exchange.Request;
        ErrorCode error = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        JoinAnswer answer = coordinator is null
            ? JoinAnswer.Refuse(error, request.MemberId)
            : await JoinAsync(coordinator, request, context);
        Fill(exchange.Response, answer, context.Version);
        return true;
    }

    private static async Task<JoinAnswer> JoinAsync(
        GroupCoordinator coordinator, JoinGroupRequest request, RequestContext context)
    {
        Task<JoinAnswer> answer = coordinator.JoinAsync(request.GroupId, AskOf(request, context));
        try
        {
            return await answer.OrCancelledAsync(context.Session.Closed);
        }
        catch (OperationCanceledException)
        {
            // Nobody hears it.
            return JoinAnswer.Refuse(ErrorCode.CoordinatorNotAvailable, request.MemberId);
        }
    }

    private static JoinAsk AskOf(JoinGroupRequest request, in RequestContext context)
    {
        var session = TimeSpan.FromMilliseconds(request.SessionTimeoutMs);
        return new JoinAsk
        {
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
            ClientId = context.Header.ClientId ?? "",
            ClientHost = GroupFinder.HostOf(context.Session.Client),
            SessionTimeout = session,
            RebalanceTimeout =
                context.Version == 0 ? session : TimeSpan.FromMilliseconds(request.RebalanceTimeoutMs),
            ProtocolType = request.ProtocolType,
            Protocols = [.. request.Protocols.Select(each => new MemberProtocol(each.Name, each.Metadata))],
            RequiresKnownMember = context.Version >= 4,
            CanSkipAssignment = context.Version >= 9,
        };
    }

    private static void Fill(JoinGroupResponse response, JoinAnswer answer, short version)
    {
        (response.ErrorCode, response.GenerationId) = (answer.Error, answer.Generation);
        response.ProtocolType = answer.ProtocolType;
        response.ProtocolName = answer.ProtocolName ?? (version >= 7 ? null : "");
        (response.Leader, response.MemberId) = (answer.LeaderId, answer.MemberId);
        response.SkipAssignment = answer.SkipAssignment;
        foreach (JoinedMember member in answer.Members)
        {
            JoinGroupResponse.JoinGroupResponseMember entry = response.Members.Add();
            (entry.MemberId, entry.GroupInstanceId) = (member.MemberId, member.InstanceId);
            entry.Metadata = member.Metadata;
        }
    }
}
