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
            await FillAsync(
                response,
                request.GroupId,
                Named(request.Topics?.Select(topic => (topic.Name, topic.PartitionIndexes))),
                context);
            return true;
        }

        foreach (OffsetFetchRequest.OffsetFetchRequestGroup group in request.Groups)
        {
            await FillAsync(
                response.Groups.Add(),
                group.GroupId,
                Named(group.Topics?.Select(topic => (topic.Name, topic.PartitionIndexes))));
        }

        return true;
    }

    private static TopicPartition[]? Named(IEnumerable<(string Topic, List<int> Indexes)>? topics) => topics is null
        ? null
        : [.. topics.SelectMany(topic => topic.Indexes.Select(index => new TopicPartition(topic.Topic, index)))];

    private async ValueTask FillAsync(
        OffsetFetchResponse response, string group, TopicPartition[]? wanted, RequestContext context)
    {
        (ErrorCode error, IReadOnlyList<Found> offsets) = await FetchAsync(group, wanted);
        response.ErrorCode = error;
        if (context.Version < 2 && error != ErrorCode.None)
            offsets = [.. (wanted ?? []).Select(one => new Found(one, null))];
        foreach (IGrouping<string, Found> topic in offsets.GroupBy(found => found.Key.Topic))
        {
            OffsetFetchResponse.OffsetFetchResponseTopic told = response.Topics.Add();
            told.Name = topic.Key;
            foreach (Found found in topic)
            {
                OffsetFetchResponse.OffsetFetchResponsePartition entry = told.Partitions.Add();
                (entry.PartitionIndex, entry.CommittedOffset, entry.CommittedLeaderEpoch, entry.Metadata) = Told(found);
                entry.ErrorCode = error;
            }
        }
    }

    private async ValueTask FillAsync(
        OffsetFetchResponse.OffsetFetchResponseGroup entry, string group, TopicPartition[]? wanted)
    {
        (entry.ErrorCode, IReadOnlyList<Found> offsets) = await FetchAsync(group, wanted);
        entry.GroupId = group;
        foreach (IGrouping<string, Found> topic in offsets.GroupBy(found => found.Key.Topic))
        {
            OffsetFetchResponse.OffsetFetchResponseTopics told = entry.Topics.Add();
            told.Name = topic.Key;
            foreach (Found found in topic)
            {
                OffsetFetchResponse.OffsetFetchResponsePartitions part = told.Partitions.Add();
                (part.PartitionIndex, part.CommittedOffset, part.CommittedLeaderEpoch, part.Metadata) = Told(found);
            }
        }
    }

    private static (int Index, long Offset, int Epoch, string Metadata) Told(Found found) => (
        found.Key.Partition,
        found.Value?.Offset ?? -1,
        found.Value?.LeaderEpoch ?? -1,
        found.Value?.Metadata ?? "");

    private async ValueTask<(ErrorCode Error, IReadOnlyList<Found> Offsets)> FetchAsync(
        string group, IReadOnlyList<TopicPartition>? wanted)
    {
        ErrorCode error = Services.Groups.Find(group, out GroupCoordinator? coordinator);
        return coordinator is null ? (error, []) : await coordinator.FetchAsync(group, wanted);
    }
}
