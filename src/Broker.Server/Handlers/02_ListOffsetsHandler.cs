using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Partitions;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ListOffsetsRequest, Broker.Protocol.Messages.ListOffsetsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// ListOffsets, versions 1 to 9. Only the leader answers, and a fresh one only once it knows its high watermark:
/// OFFSET_NOT_AVAILABLE until then, LEADER_NOT_AVAILABLE before version 5 (KIP-207). There is no tier: its end is -1.
/// </summary>
internal sealed class ListOffsetsHandler(HandlerServices services)
    : MessageHandler<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, services)
{
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        foreach (ListOffsetsRequest.ListOffsetsTopic wish in exchange.Request.Topics)
        {
            TopicImage? topic = Services.Cluster.Image.FindTopic(wish.Name);
            ListOffsetsResponse.ListOffsetsTopicResponse answers = exchange.Response.Topics.Add();
            answers.Name = wish.Name;
            foreach (ListOffsetsRequest.ListOffsetsPartition part in wish.Partitions)
            {
                ListOffsetsResponse.ListOffsetsPartitionResponse answer = answers.Partitions.Add();
                answer.PartitionIndex = part.PartitionIndex;
                bool readCommitted = exchange.Request.IsolationLevel == 1;
                await LookUpAsync(topic, part, readCommitted, context.Version, answer);
            }
        }

        return true;
    }

    private async ValueTask LookUpAsync(
        TopicImage? topic,
        ListOffsetsRequest.ListOffsetsPartition part,
        bool readCommitted,
        short version,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer)
    {
        answer.ErrorCode = PartitionFinder.Find(Services, topic, part.PartitionIndex, out IPartition? partition);
        if (partition is null)
            return;

        if (version < FirstVersionWith(part.Timestamp))
        {
            answer.ErrorCode = ErrorCode.UnsupportedVersion;
            return;
        }

        OffsetOutcome outcome = await partition.LookUpAsync(
            part.Timestamp, new Term(part.CurrentLeaderEpoch), readCommitted);
        answer.ErrorCode = outcome.Fault switch
        {
            PartitionFault.LeaderNotReady when version < 5 => ErrorCode.LeaderNotAvailable,
            PartitionFault.LeaderNotReady => ErrorCode.OffsetNotAvailable,
            _ => FaultCode.OfRead(outcome.Fault),
        };
        if (answer.ErrorCode == ErrorCode.None)
        {
            answer.Timestamp = outcome.Timestamp;
            answer.Offset = outcome.Offset.Value;
            answer.LeaderEpoch = outcome.Epoch.Value;
        }
    }

    private static short FirstVersionWith(long timestamp) => timestamp switch
    {
        MaxTimestamp => 7,
        EarliestLocal => 8,
        LatestTiered => 9,
        < LatestTiered => short.MaxValue,
        _ => 0,
    };
}
