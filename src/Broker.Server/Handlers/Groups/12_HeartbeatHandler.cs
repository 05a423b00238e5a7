using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.HeartbeatRequest, Broker.Protocol.Messages.HeartbeatResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>
/// Heartbeat, versions 0 to 4. A coordinator that has just been elected takes it for a sign of life that it can't
/// check yet, and says that all is well: a client has no other use for the answer.
/// </summary>
internal sealed class HeartbeatHandler(HandlerServices services)
    : MessageHandler<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat, services)
{
    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        HeartbeatRequest request = exchange.Request;
        ErrorCode error = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        if (coordinator is not null)
        {
            error = coordinator.Heartbeat(
                request.GroupId, new MemberClaim(request.MemberId, request.GroupInstanceId, request.GenerationId));
        }

        exchange.Response.ErrorCode = error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error;
        return ValueTask.FromResult(true);
    }
}
