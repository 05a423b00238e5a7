using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Groups;

/// <summary>
/// Plans where a group without members goes on, and commits that as somebody who is no member. Any thread.
/// </summary>
internal sealed class OffsetResets(AdminClient admin, CoordinatorCalls coordinators, LogBounds bounds)
{
    public async Task<IReadOnlyList<OffsetReset>> PlanAsync(
        GroupDescription group, string topic, StartPosition to, CancellationToken token)
    {
        string failed = $"offsets of group '{group.Id}' can't be reset";
        if (to.Offset is null && to.Timestamp >= 0)
        {
            throw new ArgumentException(
                "a time is not supported; give an offset, the earliest or the latest", nameof(to));
        }

        if (group.Members.Count > 0)
        {
            throw new RequestException(ErrorCode.NonEmptyGroup, failed, Remedy.ForMembers);
        }

        TopicDescription found = await admin.DescribeTopicAsync(topic, token).ConfigureAwait(false);
        TopicPartition[] partitions =
            [.. found.Partitions.Select(partition => new TopicPartition(topic, partition.Index))];
        IReadOnlyDictionary<TopicPartition, Offset> starts =
            await bounds.FindAsync(partitions, StartPosition.Earliest, token).ConfigureAwait(false);
        IReadOnlyDictionary<TopicPartition, Offset> ends =
            await bounds.FindAsync(partitions, StartPosition.Latest, token).ConfigureAwait(false);
        Dictionary<TopicPartition, Offset?> committed =
            group.Progress.ToDictionary(each => each.Partition, each => each.Committed);
        List<OffsetReset> resets = [];
        foreach (TopicPartition partition in partitions)
        {
            if (!starts.TryGetValue(partition, out Offset start) || !ends.TryGetValue(partition, out Offset end))
            {
                throw new RequestException(
                    ErrorCode.LeaderNotAvailable, failed, $"{topic}/{partition.Partition} has no leader at the moment");
            }

            resets.Add(new OffsetReset(
                partition, committed.GetValueOrDefault(partition), OffsetReset.Target(to, start, end)));
        }

        return resets;
    }

    public async Task CommitAsync(string group, IReadOnlyList<OffsetReset> resets, CancellationToken token)
    {
        if (resets.Count == 0)
        {
            return;
        }

        OffsetCommitRequest request = new() { GroupId = group };
        foreach (IGrouping<string, OffsetReset> topic in resets.GroupBy(reset => reset.Partition.Topic))
        {
            OffsetCommitRequest.OffsetCommitRequestTopic named = request.Topics.Add();
            named.Name = topic.Key;
            foreach (OffsetReset reset in topic)
            {
                OffsetCommitRequest.OffsetCommitRequestPartition partition = named.Partitions.Add();
                partition.PartitionIndex = reset.Partition.Partition;
                partition.CommittedOffset = reset.To.Value;
                partition.CommittedMetadata = "";
            }
        }

        CoordinatorAnswer<OffsetCommitResponse> answer = await coordinators
            .AskAsync(group, request, FirstError, token)
            .ConfigureAwait(false);
        string failed = CoordinatorCalls.Passes(answer.Error) && answer.IsUncertain
            ? $"it is not known whether offsets of group '{group}' are reset"
            : $"offsets of group '{group}' were not reset";

        // Only members may commit while there are any.
        if (answer.Error is ErrorCode.UnknownMemberId)
        {
            throw new RequestException(ErrorCode.NonEmptyGroup, failed, Remedy.ForMembers);
        }

        answer.OrThrow(failed);
    }

    private static ErrorCode FirstError(OffsetCommitResponse response) => response
        .Topics.SelectMany(topic => topic.Partitions)
        .Select(partition => partition.ErrorCode)
        .FirstOrDefault(error => error != ErrorCode.None);
}
