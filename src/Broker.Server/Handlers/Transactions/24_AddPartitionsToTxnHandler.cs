using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.AddPartitionsToTxnRequest, Broker.Protocol.Messages.AddPartitionsToTxnResponse>;
using PartitionAnswer =
    Broker.Protocol.Messages.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// AddPartitionsToTxn, versions 0 to 3 (not the batched form of brokers, 4 and 5: ours ask each other their own way).
/// All partitions or none: where one is not known, the others are OPERATION_NOT_ATTEMPTED.
/// </summary>
internal sealed class AddPartitionsToTxnHandler(HandlerServices services)
    : MessageHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(ApiKey.AddPartitionsToTxn, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        AddPartitionsToTxnRequest request = exchange.Request;
        var known = new List<(TopicPartition Partition, PartitionAnswer Answer)>();
        bool isWhole = true;
        foreach (AddPartitionsToTxnRequest.AddPartitionsToTxnTopic topic in request.Topics)
        {
            TopicImage? image = Services.Cluster.Image.FindTopic(topic.Name);
            AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult answers = exchange.Response.Results.Add();
            answers.Name = topic.Name;
            foreach (int index in topic.Partitions)
            {
                PartitionAnswer answer = answers.Results.Add();
                answer.PartitionIndex = index;
                answer.PartitionErrorCode = Check(image, index);
                if (answer.PartitionErrorCode == ErrorCode.None)
                    known.Add((new TopicPartition(topic.Name, index), answer));
                else
                    isWhole = false;
            }
        }

        ErrorCode error = isWhole
            ? await AddAsync(request, known.ConvertAll(each => each.Partition))
            : ErrorCode.OperationNotAttempted;
        foreach ((_, PartitionAnswer answer) in known)
            answer.PartitionErrorCode = TransactionFinder.Known(error, context.Version);
        return true;
    }

    private static ErrorCode Check(TopicImage? topic, int index)
    {
        if (topic is null || (uint)index >= (uint)topic.Partitions.Count)
            return ErrorCode.UnknownTopicOrPartition;
        return InternalTopics.IsInternal(topic.Name) ? ErrorCode.InvalidTopicException : ErrorCode.None;
    }

    private async ValueTask<ErrorCode> AddAsync(
        AddPartitionsToTxnRequest request, IReadOnlyCollection<TopicPartition> partitions)
    {
        ErrorCode error = TransactionFinder.Find(
            Services, request.TransactionalId, out TransactionCoordinator? coordinator);
        return coordinator is null
            ? error
            : await coordinator.AddAsync(
                request.TransactionalId, request.ProducerId, request.ProducerEpoch, partitions);
    }
}
