using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Page = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DescribeTopicPartitionsRequest, Broker.Protocol.Messages.DescribeTopicPartitionsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// DescribeTopicPartitions, version 0: topics in the order of their names, from the cursor on, up to a limit of
/// partitions; then
/// a cursor for the next page. Eligible leader replicas are Kafka's own and always absent: Raft needs none.
/// </summary>
internal sealed class DescribeTopicPartitionsHandler(HandlerServices services)
    : MessageHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
        ApiKey.DescribeTopicPartitions, services)
{
    private const int LargestPage = 2000;

    protected override ValueTask<bool> AnswerAsync(Page exchange, RequestContext context)
    {
        DescribeTopicPartitionsRequest request = exchange.Request;
        DescribeTopicPartitionsRequest.PageCursor? cursor = request.Cursor;
        ClusterImage image = Services.Cluster.Image;
        IEnumerable<string> names = request.Topics.Count == 0
            ? image.Topics.Keys
            : request.Topics.Select(topic => topic.Name).Distinct().Order(StringComparer.Ordinal);

        int room = Math.Clamp(request.ResponsePartitionLimit, 1, LargestPage);
        foreach (string name in names)
        {
            int order = cursor is null ? 1 : string.CompareOrdinal(name, cursor.TopicName);
            if (order < 0)
                continue;

            int first = order == 0 ? Math.Max(cursor!.PartitionIndex, 0) : 0;
            if (!Fill(exchange.Response, name, image.FindTopic(name), first, ref room))
                break;
        }

        return ValueTask.FromResult(true);
    }

    /// <summary>False: the page is full, and the cursor says where the next one begins.</summary>
    private bool Fill(
        DescribeTopicPartitionsResponse response, string name, TopicImage? topic, int first, ref int room)
    {
        if (room == 0)
        {
            response.NextCursor = new() { TopicName = name, PartitionIndex = first };
            return false;
        }

        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic entry = response.Topics.Add();
        entry.Name = name;
        if (topic is null)
        {
            entry.ErrorCode = TopicNames.Check(name) is null
                ? ErrorCode.UnknownTopicOrPartition
                : ErrorCode.InvalidTopicException;
            room--;
            return true;
        }

        entry.TopicId = topic.Id;
        entry.IsInternal = InternalTopics.IsInternal(name);
        entry.TopicAuthorizedOperations = AuthorizedOperations.OfTopic;
        for (int i = first; i < topic.Partitions.Count; i++)
        {
            if (room == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = i };
                return false;
            }

            FillPartition(entry.Partitions.Add(), topic, i);
            room--;
        }

        return true;
    }

    private void FillPartition(
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition entry, TopicImage topic, int index)
    {
        var shown = PartitionShown.Of(Services.Cluster, topic, index);
        entry.PartitionIndex = index;
        entry.ErrorCode = shown.Error;
        entry.LeaderId = shown.Leader.Leader;
        entry.LeaderEpoch = shown.Leader.Epoch.Value;
        shown.FillReplicas(entry.ReplicaNodes, entry.IsrNodes, entry.OfflineReplicas);
    }
}
