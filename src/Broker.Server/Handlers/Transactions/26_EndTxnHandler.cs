using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// EndTxn, versions 0 to 4. Answered when the decision is committed: from then on it is carried out, whoever dies. What
/// readers see changes with the markers, soon after. An outcome that is not known is COORDINATOR_NOT_AVAILABLE, on
/// which clients ask again.
/// </summary>
internal sealed class EndTxnHandler(HandlerServices services)
    : MessageHandler<EndTxnRequest, EndTxnResponse>(ApiKey.EndTxn, services)
{
    protected override async ValueTask<bool> AnswerAsync(
        Exchange<EndTxnRequest, EndTxnResponse> exchange, RequestContext context)
    {
        EndTxnRequest request = exchange.Request;
        ErrorCode error = TransactionFinder.Find(
            Services, request.TransactionalId, out TransactionCoordinator? coordinator);
        if (coordinator is not null)
        {
            error = await coordinator.EndAsync(
                request.TransactionalId, request.ProducerId, request.ProducerEpoch, request.Committed);
        }

        exchange.Response.ErrorCode = TransactionFinder.Known(error, context.Version);
        return true;
    }
}
