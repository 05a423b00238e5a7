using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Groups;
using Broker.Server.Groups.Log;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.OffsetFetchRequest, Broker.Protocol.Messages.OffsetFetchResponse>;

namespace Broker.Server.Handlers.Groups;

/// <summary>
/// OffsetFetch, versions 1 to 9, of several groups from 8 on. Linearizable. A partition without an offset is answered
/// with -1; one for which a transaction may bring another, with UNSTABLE_OFFSET_COMMIT where stable ones are asked for
/// (KIP-447). Who asks as a member of a group of the new protocol (9) is answered like anybody else.
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
                request,
                Named(request.Topics?.Select(topic => (topic.Name, topic.PartitionIndexes))),
                context);
            return true;
        }

        foreach (OffsetFetchRequest.OffsetFetchRequestGroup group in request.Groups)
        {
            await FillAsync(
                response.Groups.Add(),
                group.GroupId,
                Named(group.Topics?.Select(topic => (topic.Name, topic.PartitionIndexes))),
                request.RequireStable);
        }

        return true;
    }

    private static TopicPartition[]? Named(IEnumerable<(string Topic, List<int> Indexes)>? topics) => topics is null
        ? null
        : [.. topics.SelectMany(topic => topic.Indexes.Select(index => new TopicPartition(topic.Topic, index)))];

    private async ValueTask FillAsync(
        OffsetFetchResponse response, OffsetFetchRequest request, TopicPartition[]? wanted, RequestContext context)
    {
        (ErrorCode error, IReadOnlyList<FetchedOffset> offsets) = await FetchAsync(request.GroupId, wanted);
        response.ErrorCode = error;
        if (context.Version < 2 && error != ErrorCode.None)
            offsets = [.. (wanted ?? []).Select(one => new FetchedOffset(one, null, false))];
        foreach (IGrouping<string, FetchedOffset> topic in offsets.GroupBy(found => found.Partition.Topic))
        {
            OffsetFetchResponse.OffsetFetchResponseTopic told = response.Topics.Add();
            told.Name = topic.Key;
            foreach (FetchedOffset found in topic)
            {
                OffsetFetchResponse.OffsetFetchResponsePartition entry = told.Partitions.Add();
                entry.PartitionIndex = found.Partition.Partition;
                (entry.CommittedOffset, entry.CommittedLeaderEpoch, entry.Metadata, ErrorCode unstable) =
                    Told(found, request.RequireStable);
                entry.ErrorCode = unstable != ErrorCode.None ? unstable : error;
            }
        }
    }

    private async ValueTask FillAsync(
        OffsetFetchResponse.OffsetFetchResponseGroup entry,
        string group,
        TopicPartition[]? wanted,
        bool requireStable)
    {
        (entry.ErrorCode, IReadOnlyList<FetchedOffset> offsets) = await FetchAsync(group, wanted);
        entry.GroupId = group;
        foreach (IGrouping<string, FetchedOffset> topic in offsets.GroupBy(found => found.Partition.Topic))
        {
            OffsetFetchResponse.OffsetFetchResponseTopics told = entry.Topics.Add();
            told.Name = topic.Key;
            foreach (FetchedOffset found in topic)
            {
                OffsetFetchResponse.OffsetFetchResponsePartitions part = told.Partitions.Add();
                part.PartitionIndex = found.Partition.Partition;
                (part.CommittedOffset, part.CommittedLeaderEpoch, part.Metadata, part.ErrorCode) =
                    Told(found, requireStable);
            }
        }
    }

    // An offset that a transaction may change is none that a reader may begin at, if it asks for stable ones.
    private static (long Offset, int Epoch, string Metadata, ErrorCode Error) Told(
        FetchedOffset found, bool requireStable)
    {
        if (found.IsPending && requireStable)
            return (-1, -1, "", ErrorCode.UnstableOffsetCommit);
        return found.Offset is { } offset
            ? (offset.Offset, offset.LeaderEpoch, offset.Metadata, ErrorCode.None)
            : (-1, -1, "", ErrorCode.None);
    }

    private async ValueTask<(ErrorCode Error, IReadOnlyList<FetchedOffset> Offsets)> FetchAsync(
        string group, IReadOnlyList<TopicPartition>? wanted)
    {
        ErrorCode error = Services.Groups.Find(group, out GroupCoordinator? coordinator);
        return coordinator is null ? (error, []) : await coordinator.FetchAsync(group, wanted);
    }
}
