using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>Makes one record of what leaders report of themselves in a tick.</summary>
public static class LeadershipPlanner
{
    /// <summary>
    /// Keeps of every partition the newest report (the highest term; in it, the latest in the list) if it tells the
    /// image something new; nothing where none does. Only a partition's replicas can lead it or be in sync.
    /// </summary>
    public static Plan Merge(ClusterImage image, IEnumerable<LeadershipReport> reports)
    {
        var newest = new SortedDictionary<PartitionId, LeadershipReport>();
        foreach (LeadershipReport report in reports)
        {
            var id = new PartitionId(report.Topic, report.Partition);
            bool known = newest.TryGetValue(id, out LeadershipReport? other);
            bool newer = !known || report.Term > other!.Term
                || (report.Term == other.Term && report.Leader == other.Leader);
            if (newer && image.FindPartition(id) is { } partition && Tells(partition, report))
            {
                newest[id] = report;
            }
        }

        return newest.Count == 0 ? Plan.Nothing : Plan.Of(new LeadershipReported([.. newest.Values]));
    }

    internal static PartitionTable Apply(PartitionTable partitions, IEnumerable<LeadershipReport> reports)
    {
        List<KeyValuePair<int, PartitionImage>> changes = [];
        foreach (LeadershipReport report in reports)
        {
            if ((uint)report.Partition < (uint)partitions.Count && Tells(partitions[report.Partition], report))
            {
                changes.Add(new(report.Partition, partitions[report.Partition] with
                {
                    Term = report.Term,
                    Leader = report.Leader,
                    InSync = report.InSync,
                }));
            }
        }

        return changes.Count == 0 ? partitions : partitions.With(changes);
    }

    private static bool Tells(PartitionImage partition, LeadershipReport report) =>
        partition.Replicas.Contains(report.Leader)
        && report.InSync.All(replica => partition.Replicas.Contains(replica))
        && (report.Term > partition.Term
            || (report.Term == partition.Term && report.Leader == partition.Leader
                && !report.InSync.SequenceEqual(partition.InSync)));
}
