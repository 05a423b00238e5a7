using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// InitProducerId, versions 0 to 5. An idempotent producer gets a new id with epoch 0, also one that brings its old id
/// (KIP-360). A transactional one gets the id of its transactional id with the next epoch, from the coordinator; what
/// another one had left open is aborted first (CONCURRENT_TRANSACTIONS until then). Where transactions are not served,
/// a transactional id is an INVALID_REQUEST.
/// </summary>
internal sealed class InitProducerIdHandler(HandlerServices services)
    : MessageHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, services)
{
    protected override async ValueTask<bool> AnswerAsync(
        Exchange<InitProducerIdRequest, InitProducerIdResponse> exchange, RequestContext context)
    {
        InitProducerIdResponse response = exchange.Response;
        response.ProducerEpoch = -1;
        if (exchange.Request.TransactionalId is { } id)
        {
            (ErrorCode error, response.ProducerId, response.ProducerEpoch) =
                await InitAsync(exchange.Request, id, context.Session.Closed);
            response.ErrorCode = error == ErrorCode.ProducerFenced && context.Version < 4
                ? ErrorCode.InvalidProducerEpoch
                : error;
            return true;
        }

        // The retriable answer that clients know of a broker that cannot hand out ids at the moment.
        response.ErrorCode = ErrorCode.CoordinatorLoadInProgress;
        if (await Services.Controller.NextProducerIdAsync(context.Session.Closed) is { } producer)
        {
            response.ErrorCode = ErrorCode.None;
            response.ProducerId = producer;
            response.ProducerEpoch = 0;
        }

        return true;
    }

    private async ValueTask<(ErrorCode Error, ProducerId Producer, short Epoch)> InitAsync(
        InitProducerIdRequest request, string id, CancellationToken cancellation)
    {
        bool isNew = request.ProducerId == ProducerId.None && request.ProducerEpoch == -1;
        bool isMalformed = id.Length == 0 || !Services.Options.Transactions.AreServed
            || (!isNew && (request.ProducerId.Value < 0 || request.ProducerEpoch < 0));
        ErrorCode error = isMalformed ? ErrorCode.InvalidRequest : CheckTimeout(request.TransactionTimeoutMs);
        TransactionCoordinator? coordinator = null;
        if (error == ErrorCode.None)
            error = Services.Transactions.Find(id, out coordinator);
        return coordinator is null
            ? (error, ProducerId.None, (short)-1)
            : await coordinator.InitAsync(
                id,
                request.TransactionTimeoutMs,
                isNew ? null : (request.ProducerId, request.ProducerEpoch),
                cancellation);
    }

    private ErrorCode CheckTimeout(int milliseconds) =>
        milliseconds > 0 && milliseconds <= Services.Options.Transactions.MaxTimeout.TotalMilliseconds
            ? ErrorCode.None
            : ErrorCode.InvalidTransactionTimeout;
}
