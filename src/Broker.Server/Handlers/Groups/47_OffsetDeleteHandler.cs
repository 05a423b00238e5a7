using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.OffsetDeleteRequest, Broker.Protocol.Messages.OffsetDeleteResponse>;
using PartitionAnswer = Broker.Protocol.Messages.OffsetDeleteResponse.OffsetDeleteResponsePartition;

namespace Broker.Server.Handlers.Groups;

/// <summary>OffsetDelete, version 0: offsets of topics that no member of the group is subscribed to.</summary>
internal sealed class OffsetDeleteHandler(HandlerServices services)
    : MessageHandler<OffsetDeleteRequest, OffsetDeleteResponse>(ApiKey.OffsetDelete, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (OffsetDeleteRequest request, OffsetDeleteResponse response) = (exchange.Request, exchange.Response);
        ErrorCode error = GroupFinder.Find(Services, request.GroupId, out GroupCoordinator? coordinator);
        if (coordinator is null)
        {
            response.ErrorCode = error;
            return true;
        }

        var known = new List<(TopicPartition Partition, PartitionAnswer Answer)>();
        foreach (OffsetDeleteRequest.OffsetDeleteRequestTopic topic in request.Topics)
            Resolve(topic, response.Topics.Add(), known);
        (response.ErrorCode, IReadOnlyList<ErrorCode> outcomes) = await coordinator.DeleteOffsetsAsync(
            request.GroupId, [.. known.Select(one => one.Partition)]);
        if (response.ErrorCode != ErrorCode.None)
            response.Topics.Clear();
        for (int i = 0; i < outcomes.Count; i++)
            known[i].Answer.ErrorCode = outcomes[i];
        return true;
    }

    private void Resolve(
        OffsetDeleteRequest.OffsetDeleteRequestTopic topic,
        OffsetDeleteResponse.OffsetDeleteResponseTopic answers,
        List<(TopicPartition Partition, PartitionAnswer Answer)> known)
    {
        TopicImage? image = Services.Cluster.Image.FindTopic(topic.Name);
        answers.Name = topic.Name;
        foreach (OffsetDeleteRequest.OffsetDeleteRequestPartition part in topic.Partitions)
        {
            PartitionAnswer answer = answers.Partitions.Add();
            answer.PartitionIndex = part.PartitionIndex;
            if (image is null || (uint)part.PartitionIndex >= (uint)image.Partitions.Count)
                answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            else
                known.Add((new TopicPartition(topic.Name, part.PartitionIndex), answer));
        }
    }
}
