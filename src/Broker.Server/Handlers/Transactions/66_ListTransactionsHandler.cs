using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ListTransactionsRequest, Broker.Protocol.Messages.ListTransactionsResponse>;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// ListTransactions, version 0: the ids that this broker coordinates, narrowed by state and producer id (KIP-664).
/// </summary>
internal sealed class ListTransactionsHandler(HandlerServices services)
    : MessageHandler<ListTransactionsRequest, ListTransactionsResponse>(ApiKey.ListTransactions, services)
{
    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (ListTransactionsRequest request, ListTransactionsResponse response) = (exchange.Request, exchange.Response);
        var wanted = new HashSet<TransactionStatus>();
        foreach (string filter in request.StateFilters)
        {
            if (Enum.TryParse(filter, out TransactionStatus status) && status.ToString() == filter)
                wanted.Add(status);
            else
                response.UnknownStateFilters.Add(filter);
        }

        foreach (TransactionCoordinator coordinator in Services.Transactions.All())
        {
            (ErrorCode error, IReadOnlyList<TransactionState> states) = coordinator.List();
            if (error != ErrorCode.None)
                response.ErrorCode = error;
            foreach (TransactionState state in states)
            {
                bool isWanted = (request.StateFilters.Count == 0 || wanted.Contains(state.Status))
                    && (request.ProducerIdFilters.Count == 0 || request.ProducerIdFilters.Contains(state.Producer));
                if (isWanted)
                    Add(response, state);
            }
        }

        return ValueTask.FromResult(true);
    }

    private static void Add(ListTransactionsResponse response, TransactionState state)
    {
        ListTransactionsResponse.TransactionEntry entry = response.TransactionStates.Add();
        (entry.TransactionalId, entry.ProducerId) = (state.Id, state.Producer);
        entry.TransactionState = state.Status.ToString();
    }
}
