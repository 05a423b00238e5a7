using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Log;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.OffsetFetchRequest, Broker.Protocol.Messages.OffsetFetchResponse>;
using Found = System.Collections.Generic.KeyValuePair<
    Broker.Model.TopicPartition, Broker.Server.Groups.Log.CommittedOffset?>;

namespace Broker.Server.Handlers.Groups;

/// <summary>
/// OffsetFetch, versions 1 to 9, of several groups from 8 on. Linearizable. A partition without an offset is answered
/// with -1. Nothing is ever pending, since there are no transactions: stable offsets are the offsets. Who asks as a
/// member of a group of the new protocol (9) is answered like anybody else.
/// </summary>
internal sealed class OffsetFetchHandler(HandlerServices services)
    : MessageHandler<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, services)
{
    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        (OffsetFetchRequest request, OffsetFetchResponse response) = (exchange.Request, exchange.Response);
        if (context.Version < 8)
        {
            IReadOnlyList<TopicPartition>? wanted = request.Topics is null ? null : [.. request.Topics.SelectMany(
                topic => topic.PartitionIndexes.Select(index => new TopicPartition(topic.Name, index)))];
            await FillAsync(response, request.GroupId, wanted, context);
            return true;
        }

        foreach (OffsetFetchRequest.OffsetFetchRequestGroup group in request.Groups)
        {
            IReadOnlyList<TopicPartition>? wanted = group.Topics is null ? null : [.. group.Topics.SelectMany(
                topic => topic.PartitionIndexes.Select(index => new TopicPartition(topic.Name, index)))];
            await FillAsync(response.Groups.Add(), group.GroupId, wanted);
        }

        return true;
    }

    private async ValueTask FillAsync(
        OffsetFetchResponse response, string group, IReadOnlyList<TopicPartition>? wanted, RequestContext context)
    {
        (ErrorCode error, IReadOnlyList<Found> offsets) = await FetchAsync(group, wanted);
        response.ErrorCode = error;
        if (context.Version < 2 && error != ErrorCode.None)
            offsets = [.. (wanted ?? []).Select(one => new Found(one, null))];

        OffsetFetchResponse.OffsetFetchResponseTopic? topic = null;
        foreach ((TopicPartition partition, CommittedOffset? offset) in offsets)
        {
            if (topic?.Name != partition.Topic)
            {
                topic = response.Topics.Add();
                topic.Name = partition.Topic;
            }

            OffsetFetchResponse.OffsetFetchResponsePartition entry = topic.Partitions.Add();
            entry.PartitionIndex = partition.Partition;
            entry.CommittedOffset = offset?.Offset ?? -1;
            entry.CommittedLeaderEpoch = offset?.LeaderEpoch ?? -1;
            entry.Metadata = offset?.Metadata ?? "";
            entry.ErrorCode = error;
        }
    }

    private async ValueTask FillAsync(
        OffsetFetchResponse.OffsetFetchResponseGroup entry,
        string group,
        IReadOnlyList<TopicPartition>? wanted)
    {
        (entry.ErrorCode, IReadOnlyList<Found> offsets) = await FetchAsync(group, wanted);
        entry.GroupId = group;
        OffsetFetchResponse.OffsetFetchResponseTopics? topic = null;
        foreach ((TopicPartition partition, CommittedOffset? offset) in offsets)
        {
            if (topic?.Name != partition.Topic)
            {
                topic = entry.Topics.Add();
                topic.Name = partition.Topic;
            }

            OffsetFetchResponse.OffsetFetchResponsePartitions part = topic.Partitions.Add();
            part.PartitionIndex = partition.Partition;
            part.CommittedOffset = offset?.Offset ?? -1;
            part.CommittedLeaderEpoch = offset?.LeaderEpoch ?? -1;
            part.Metadata = offset?.Metadata ?? "";
        }
    }

    private async ValueTask<(ErrorCode Error, IReadOnlyList<Found> Offsets)> FetchAsync(
        string group, IReadOnlyList<TopicPartition>? wanted)
    {
        ErrorCode error = Services.Groups.Find(group, out GroupCoordinator? coordinator);
        return coordinator is null ? (error, []) : await coordinator.FetchAsync(group, wanted);
    }
}
