using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DescribeTransactionsRequest, Broker.Protocol.Messages.DescribeTransactionsResponse>;

namespace Broker.Server.Handlers.Transactions;

/// <summary>DescribeTransactions, version 0, of ids that this broker coordinates (KIP-664).</summary>
internal sealed class DescribeTransactionsHandler(HandlerServices services)
    : MessageHandler<DescribeTransactionsRequest, DescribeTransactionsResponse>(ApiKey.DescribeTransactions, services)
{
    protected override ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        foreach (string id in exchange.Request.TransactionalIds)
        {
            DescribeTransactionsResponse.TransactionEntry entry = exchange.Response.TransactionStates.Add();
            (entry.TransactionalId, entry.TransactionState) = (id, "");
            ErrorCode error = TransactionFinder.Find(Services, id, out TransactionCoordinator? coordinator);
            TransactionState? state = null;
            if (coordinator is not null)
                (error, state) = coordinator.Describe(id);
            if (error == ErrorCode.None && state is null)
                error = ErrorCode.TransactionalIdNotFound;
            entry.ErrorCode = error;
            if (state is not null)
                Fill(entry, state);
        }

        return ValueTask.FromResult(true);
    }

    private static void Fill(DescribeTransactionsResponse.TransactionEntry entry, TransactionState state)
    {
        entry.TransactionState = state.Status.ToString();
        entry.TransactionTimeoutMs = state.Timeout;
        bool isOpen = state.IsEnding || state.Status == TransactionStatus.Ongoing;
        entry.TransactionStartTimeMs = isOpen ? state.Number : -1;
        (entry.ProducerId, entry.ProducerEpoch) = (state.Producer, state.Epoch);
        DescribeTransactionsResponse.TopicData? topic = null;
        foreach (TopicPartition partition in state.Partitions)
        {
            if (topic?.Topic != partition.Topic)
            {
                topic = entry.Topics.Add();
                topic.Topic = partition.Topic;
            }

            topic.Partitions.Add(partition.Partition);
        }
    }
}
