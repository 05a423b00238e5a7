using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Replication;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DeleteRecordsRequest, Broker.Protocol.Messages.DeleteRecordsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// DeleteRecords, versions 0 to 2. Only the leader takes it, and answers a partition when its new log start is
/// committed and applied here; until the client's time is over all partitions of a request go on side by side. Other
/// replicas may hear of the log start a little later; none that leads shows an older one. A time that is over says
/// nothing of whether the records are going.
/// </summary>
internal sealed class DeleteRecordsHandler(HandlerServices services)
    : MessageHandler<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords, services)
{
    private const long ToHighWatermark = -1;
    private const long NoLowWatermark = -1;

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        TimeSpan patience = Patience.Of(exchange.Request.TimeoutMs);
        var deletions = new List<Task>();
        foreach (DeleteRecordsRequest.DeleteRecordsTopic wish in exchange.Request.Topics)
        {
            TopicImage? topic = Services.Cluster.Image.FindTopic(wish.Name);
            DeleteRecordsResponse.DeleteRecordsTopicResult results = exchange.Response.Topics.Add();
            results.Name = wish.Name;
            foreach (DeleteRecordsRequest.DeleteRecordsPartition part in wish.Partitions)
            {
                DeleteRecordsResponse.DeleteRecordsPartitionResult result = results.Partitions.Add();
                (result.PartitionIndex, result.LowWatermark) = (part.PartitionIndex, NoLowWatermark);
                result.ErrorCode = PartitionFinder.Find(Services, topic, part.PartitionIndex, out IPartition? found);
                if (InternalTopics.IsInternal(wish.Name))
                    result.ErrorCode = ErrorCode.InvalidTopicException;
                else if (found is not null)
                    deletions.Add(DeleteAsync(found, part.Offset, patience, result, context.Session.Closed));
            }
        }

        await Waiting.AllAsync(deletions);
        return true;
    }

    private static async Task DeleteAsync(
        IPartition partition,
        long offset,
        TimeSpan patience,
        DeleteRecordsResponse.DeleteRecordsPartitionResult result,
        CancellationToken cancellation)
    {
        Offset? before = offset == ToHighWatermark ? null : new Offset(offset);
        DeleteOutcome outcome = await partition.DeleteRecordsAsync(before, patience, cancellation);
        result.ErrorCode = FaultCode.OfDelete(outcome.Fault);
        if (outcome.Fault == PartitionFault.None)
            result.LowWatermark = outcome.LogStart.Value;
    }
}
