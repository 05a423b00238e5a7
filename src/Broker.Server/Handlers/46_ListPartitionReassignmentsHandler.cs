using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Handlers.Dispatch;
using Listing = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.ListPartitionReassignmentsRequest,
    Broker.Protocol.Messages.ListPartitionReassignmentsResponse>;

namespace Broker.Server.Handlers;

/// <summary>
/// ListPartitionReassignments, version 0: what is under way, by an image that has all that was decided before the
/// request. Topics and partitions that are not there, or do not move, are left out, as Kafka does.
/// </summary>
internal sealed class ListPartitionReassignmentsHandler(HandlerServices services)
    : MessageHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(
        ApiKey.ListPartitionReassignments, services)
{
    protected override async ValueTask<bool> AnswerAsync(Listing exchange, RequestContext context)
    {
        ListPartitionReassignmentsRequest request = exchange.Request;
        if (!await Services.Cluster.BarrierAsync(Patience.Of(request.TimeoutMs), context.Session.Closed))
        {
            exchange.Response.ErrorCode = ErrorCode.RequestTimedOut;
            exchange.Response.ErrorMessage = "The metadata group has no leader that could be asked.";
            return true;
        }

        ClusterImage image = Services.Cluster.Image;
        if (request.Topics is null)
        {
            foreach (TopicImage topic in image.Topics.Values)
                Fill(exchange.Response, topic, Enumerable.Range(0, topic.Partitions.Count));
            return true;
        }

        foreach (ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics asked in request.Topics)
        {
            if (image.FindTopic(asked.Name) is { } topic)
                Fill(exchange.Response, topic, asked.PartitionIndexes.Where(index => IsOf(topic, index)));
        }

        return true;
    }

    private static bool IsOf(TopicImage topic, int index) => (uint)index < (uint)topic.Partitions.Count;

    private static void Fill(ListPartitionReassignmentsResponse response, TopicImage topic, IEnumerable<int> partitions)
    {
        int[] moving = [.. partitions.Where(index => topic.Partitions[index].Reassignment is not null)];
        if (moving.Length == 0)
            return;

        ListPartitionReassignmentsResponse.OngoingTopicReassignment entry = response.Topics.Add();
        entry.Name = topic.Name;
        foreach (int index in moving)
        {
            PartitionImage partition = topic.Partitions[index];
            ListPartitionReassignmentsResponse.OngoingPartitionReassignment move = entry.Partitions.Add();
            move.PartitionIndex = index;
            move.Replicas.AddRange(partition.Replicas);
            move.AddingReplicas.AddRange(partition.Adding);
            move.RemovingReplicas.AddRange(partition.Removing);
        }
    }
}
