using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;

namespace Broker.Server.Reconciliation;

/// <summary>What has to happen so that this broker runs what the image assigns to it; a pure comparison.</summary>
/// <param name="Start">Assigned and not running, in order.</param>
/// <param name="Keep">Assigned and running: settings may be new.</param>
/// <param name="Delete">Here, and deleted by a committed record.</param>
/// <param name="Remove">Here, and moved away: a committed record says that its group does without it.</param>
/// <param name="SetAside">Here, and in no image: never deleted, since the image may be the one that is wrong.</param>
internal sealed record ReplicaPlan(
    IReadOnlyList<ReplicaAssignment> Start,
    IReadOnlyList<ReplicaAssignment> Keep,
    IReadOnlyList<PartitionId> Delete,
    IReadOnlyList<PartitionId> Remove,
    IReadOnlyList<PartitionId> SetAside)
{
    /// <param name="here">Running or on disk.</param>
    public static ReplicaPlan Make(
        ClusterImage image,
        BrokerId self,
        TopicConfigDefaults defaults,
        IReadOnlySet<PartitionId> running,
        IEnumerable<PartitionId> here)
    {
        List<ReplicaAssignment> start = [], keep = [];
        HashSet<PartitionId> assigned = [];
        foreach (TopicImage topic in image.Topics.Values)
        {
            TopicSettings settings = defaults.SettingsOf(topic.Configs);
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                PartitionImage partition = topic.Partitions[i];
                if (!partition.Replicas.Contains(self))
                    continue;

                var id = new PartitionId(topic.Id, i);
                assigned.Add(id);
                (running.Contains(id) ? keep : start).Add(new ReplicaAssignment(
                    id,
                    topic.Name,
                    partition.Original,
                    partition.Original[0] == self,
                    settings,
                    image.IsPredecessors(partition, self)));
            }
        }

        PartitionId[] unlisted = [.. here.Where(id => !assigned.Contains(id)).Distinct().Order()];
        PartitionId[] deleted = [.. unlisted.Where(id => image.DeletedTopics.ContainsKey(id.Topic))];
        PartitionId[] removed =
            [.. unlisted.Where(id => image.FindPartition(id) is { } partition && partition.Removed.Contains(self))];
        return new ReplicaPlan(start, keep, deleted, removed, [.. unlisted.Except(deleted).Except(removed)]);
    }
}
