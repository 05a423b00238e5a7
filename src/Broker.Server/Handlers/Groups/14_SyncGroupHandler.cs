using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Replication;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.SyncGroupRequest, Broker.Protocol.Messages.SyncGroupResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>SyncGroup, versions 0 to 5. Answered when the leader's assignment is committed.</summary>
internal sealed class SyncGroupHandler(HandlerServices services)
    : MessageHandler<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, services)
{
    protected override void TakeBytes(SyncGroupRequest request)
    {
        foreach (SyncGroupRequest.SyncGroupRequestAssignment assignment in request.Assignments)
            assignment.Assignment = assignment.Assignment.ToArray();
    }

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (SyncGroupRequest request, SyncGroupResponse response) = (exchange.Request, exchange.Response);
        ErrorCode error = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        SyncAnswer answer = coordinator is null
            ? SyncAnswer.Refuse(error)
            : await SyncAsync(coordinator, request, context.Session.Closed);

        // Its session goes on, and it asks again for what it has: only a new join leads to the new coordinator's state.
        response.ErrorCode = answer.Error == ErrorCode.CoordinatorLoadInProgress
            ? ErrorCode.RebalanceInProgress
            : answer.Error;
        (response.ProtocolType, response.ProtocolName) = (answer.ProtocolType, answer.ProtocolName);
        response.Assignment = answer.Assignment;
        return true;
    }

    private static async Task<SyncAnswer> SyncAsync(
        GroupCoordinator coordinator, SyncGroupRequest request, CancellationToken closed)
    {
        Task<SyncAnswer> answer = coordinator.SyncAsync(request.GroupId, new SyncAsk
        {
            Claim = new MemberClaim(request.MemberId, request.GroupInstanceId, request.GenerationId),
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignments =
                [.. request.Assignments.Select(each => new MemberAssignment(each.MemberId, each.Assignment))],
        });
        try
        {
            return await answer.OrCancelledAsync(closed);
        }
        catch (OperationCanceledException)
        {
            // Nobody hears it.
            return SyncAnswer.Refuse(ErrorCode.CoordinatorNotAvailable);
        }
    }
}
