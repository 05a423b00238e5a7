using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Handlers.Groups;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.TxnOffsetCommitRequest, Broker.Protocol.Messages.TxnOffsetCommitResponse>;
using PartitionAnswer = Broker.Protocol.Messages.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;

namespace Broker.Server.Handlers.Transactions;

/// <summary>
/// TxnOffsetCommit, versions 0 to 4, to the group's coordinator. The offsets are pending until the transaction ends.
/// That it is open is verified with its coordinator, as for records.
/// </summary>
internal sealed class TxnOffsetCommitHandler(HandlerServices services)
    : MessageHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(ApiKey.TxnOffsetCommit, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        TxnOffsetCommitRequest request = exchange.Request;
        var records = new List<OffsetRecord>();
        var accepted = new List<PartitionAnswer>();
        long now = Services.Deadlines.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic in request.Topics)
        {
            TopicImage? image = Services.Cluster.Image.FindTopic(topic.Name);
            TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic answers = exchange.Response.Topics.Add();
            answers.Name = topic.Name;
            foreach (TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition part in topic.Partitions)
            {
                PartitionAnswer answer = answers.Partitions.Add();
                answer.PartitionIndex = part.PartitionIndex;
                answer.ErrorCode = OffsetCheck.Of(
                    image, part.PartitionIndex, part.CommittedMetadata, Services.Options.Offsets);
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

        if (accepted.Count == 0)
            return true;

        ErrorCode error = await CommitAsync(request, records);
        foreach (PartitionAnswer answer in accepted)
            answer.ErrorCode = error;
        return true;
    }

    private async ValueTask<ErrorCode> CommitAsync(TxnOffsetCommitRequest request, IReadOnlyList<OffsetRecord> records)
    {
        ErrorCode error = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        return coordinator is null
            ? error
            : await coordinator.CommitAsync(
                request.GroupId,
                new MemberClaim(request.MemberId, request.GroupInstanceId, request.GenerationId),
                new TransactionClaim(request.TransactionalId, request.ProducerId, request.ProducerEpoch),
                records);
    }
}
