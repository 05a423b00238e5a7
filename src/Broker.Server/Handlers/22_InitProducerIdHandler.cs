using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;

namespace Broker.Server.Handlers;

/// <summary>
/// InitProducerId, versions 0 to 5, for idempotent producers: each gets a new id with epoch 0, also one that brings
/// its old
/// id (KIP-360). A transactional id is refused with INVALID_REQUEST: transactions are not served yet.
/// </summary>
internal sealed class InitProducerIdHandler(HandlerServices services)
    : MessageHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, services)
{
    protected override async ValueTask<bool> AnswerAsync(
        Exchange<InitProducerIdRequest, InitProducerIdResponse> exchange, RequestContext context)
    {
        InitProducerIdResponse response = exchange.Response;
        response.ProducerEpoch = -1;
        if (exchange.Request.TransactionalId is not null)
        {
            response.ErrorCode = ErrorCode.InvalidRequest;
            return true;
        }

        // The retriable answer that clients know of a broker that cannot hand out ids at the moment.
        response.ErrorCode = ErrorCode.CoordinatorLoadInProgress;
        if (await Services.Controller.NextProducerIdAsync(context.Session.Closed) is { } id)
        {
            response.ErrorCode = ErrorCode.None;
            response.ProducerId = id;
            response.ProducerEpoch = 0;
        }

        return true;
    }
}
