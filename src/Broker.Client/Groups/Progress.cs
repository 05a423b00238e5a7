using Broker.Model;

namespace Broker.Client.Groups;

/// <summary>Puts together who reads a partition, how far it is consumed, and where it ends.</summary>
internal static class Progress
{
    /// <summary>All with a committed offset or an owner, by topic and partition.</summary>
    public static IReadOnlyList<TopicPartition> Partitions(
        IReadOnlyList<MemberDescription> members, IReadOnlyDictionary<TopicPartition, Offset> committed) =>
    [
        .. members
            .SelectMany(member => member.Assigned ?? [])
            .Union(committed.Keys)
            .OrderBy(partition => partition.Topic, StringComparer.Ordinal)
            .ThenBy(partition => partition.Partition),
    ];

    public static IReadOnlyList<GroupProgress> Of(
        IReadOnlyList<MemberDescription> members,
        IReadOnlyDictionary<TopicPartition, Offset> committed,
        IReadOnlyDictionary<TopicPartition, Offset> ends)
    {
        // Two owners would be a fault of the members' own; the first by name is shown then.
        Dictionary<TopicPartition, string> owners = [];
        foreach (MemberDescription member in members)
        {
            foreach (TopicPartition partition in member.Assigned ?? [])
            {
                owners.TryAdd(partition, member.Id);
            }
        }

        return
        [
            .. Partitions(members, committed).Select(partition => new GroupProgress(
                partition,
                committed.TryGetValue(partition, out Offset offset) ? offset : null,
                ends.TryGetValue(partition, out Offset end) ? end : null,
                owners.GetValueOrDefault(partition))),
        ];
    }
}
