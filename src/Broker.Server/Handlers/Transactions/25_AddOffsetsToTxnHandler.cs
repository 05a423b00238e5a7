using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Coordination;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Transactions;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// AddOffsetsToTxn, versions 0 to 3: the group's partition of __consumer_offsets is added like any other.
/// </summary>
internal sealed class AddOffsetsToTxnHandler(HandlerServices services)
    : MessageHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(ApiKey.AddOffsetsToTxn, services)
{
    protected override async ValueTask<bool> AnswerAsync(
        Exchange<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> exchange, RequestContext context)
    {
        exchange.Response.ErrorCode = TransactionFinder.Known(await AddAsync(exchange.Request), context.Version);
        return true;
    }

    private async ValueTask<ErrorCode> AddAsync(AddOffsetsToTxnRequest request)
    {
        if (request.GroupId.Length == 0)
            return ErrorCode.InvalidGroupId;
        ErrorCode error = TransactionFinder.Find(
            Services, request.TransactionalId, out TransactionCoordinator? coordinator);
        if (coordinator is null)
            return error;

        (TopicImage? topic, _) = await Services.OffsetsTopic.EnsureAsync();
        if (topic is null)
            return ErrorCode.CoordinatorNotAvailable;

        var partition = new TopicPartition(topic.Name, KeyPartitions.Of(request.GroupId, topic.Partitions.Count));
        return await coordinator.AddAsync(
            request.TransactionalId, request.ProducerId, request.ProducerEpoch, [partition]);
    }
}
