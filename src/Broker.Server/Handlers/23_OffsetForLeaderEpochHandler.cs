using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.OffsetForLeaderEpochRequest, Broker.Protocol.Messages.OffsetForLeaderEpochResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// OffsetForLeaderEpoch, versions 2 to 4: where an epoch ended, so that a client finds what was truncated.
/// </summary>
internal sealed class OffsetForLeaderEpochHandler(HandlerServices services)
    : MessageHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic wish in exchange.Request.Topics)
        {
            TopicImage? topic = Services.Cluster.Image.FindTopic(wish.Topic);
            OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult answers = exchange.Response.Topics.Add();
            answers.Topic = wish.Topic;
            foreach (OffsetForLeaderEpochRequest.OffsetForLeaderPartition part in wish.Partitions)
            {
                OffsetForLeaderEpochResponse.EpochEndOffset answer = answers.Partitions.Add();
                answer.Partition = part.Partition;
                answer.ErrorCode = PartitionFinder.Find(Services, topic, part.Partition, out IPartition? partition);
                if (partition is null)
                    continue;

                EpochEndOutcome outcome = await partition.EndOfEpochAsync(
                    new Term(part.LeaderEpoch), new Term(part.CurrentLeaderEpoch));
                answer.ErrorCode = FaultCode.OfRead(outcome.Fault);
                if (answer.ErrorCode == ErrorCode.None)
                    (answer.LeaderEpoch, answer.EndOffset) = (outcome.End.Epoch.Value, outcome.End.End.Value);
            }
        }

        return true;
    }
}
