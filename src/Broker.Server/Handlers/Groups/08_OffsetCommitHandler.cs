using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.OffsetCommitRequest, Broker.Protocol.Messages.OffsetCommitResponse>;
using PartitionAnswer = Broker.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponsePartition;

namespace Broker.Server.Handlers.Groups;

/// <summary>
/// OffsetCommit, versions 2 to 9, by members and by clients that are none. What of a request can be committed is
/// committed with one append, and answered when it is applied. A retention of its own (2 to 4) is not kept. An outcome
/// that is not known is COORDINATOR_NOT_AVAILABLE, which clients try again: a commit does no harm twice.
/// </summary>
internal sealed class OffsetCommitHandler(HandlerServices services)
    : MessageHandler<OffsetCommitRequest, OffsetCommitResponse>(ApiKey.OffsetCommit, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        OffsetCommitRequest request = exchange.Request;
        var records = new List<OffsetRecord>();
        var accepted = new List<PartitionAnswer>();
        var refused = new List<PartitionAnswer>();
        long now = Services.Deadlines.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (OffsetCommitRequest.OffsetCommitRequestTopic topic in request.Topics)
        {
            TopicImage? image = Services.Cluster.Image.FindTopic(topic.Name);
            OffsetCommitResponse.OffsetCommitResponseTopic answers = exchange.Response.Topics.Add();
            answers.Name = topic.Name;
            foreach (OffsetCommitRequest.OffsetCommitRequestPartition part in topic.Partitions)
            {
                PartitionAnswer answer = answers.Partitions.Add();
                answer.PartitionIndex = part.PartitionIndex;
                answer.ErrorCode = OffsetCheck.Of(
                    image, part.PartitionIndex, part.CommittedMetadata, Services.Options.Offsets);
                if (answer.ErrorCode == ErrorCode.OffsetMetadataTooLarge)
                    refused.Add(answer);
                if (answer.ErrorCode != ErrorCode.None)
                    continue;

                accepted.Add(answer);
                records.Add(new OffsetRecord(
                    request.GroupId,
                    new TopicPartition(topic.Name, part.PartitionIndex),
                    new CommittedOffset(
                        part.CommittedOffset, part.CommittedLeaderEpoch, part.CommittedMetadata ?? "", now)));
            }
        }

        if (accepted.Count + refused.Count == 0)
            return true;

        ErrorCode error = Services.Groups.Find(request.GroupId, out GroupCoordinator? coordinator);
        if (coordinator is not null)
        {
            error = await coordinator.CommitAsync(
                request.GroupId,
                new MemberClaim(request.MemberId, request.GroupInstanceId, request.GenerationId),
                records);
        }

        Fill(accepted, refused, error);
        return true;
    }

    // Who may not commit at all is told that, and not what is wrong with an offset.
    private static void Fill(List<PartitionAnswer> accepted, List<PartitionAnswer> refused, ErrorCode error)
    {
        foreach (PartitionAnswer answer in accepted)
            answer.ErrorCode = error;
        if (error == ErrorCode.None)
            return;
        foreach (PartitionAnswer answer in refused)
            answer.ErrorCode = error;
    }
}
