using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

// A replica on a broker that is overdue goes to one that lives when
//   no move takes it away already. A move to a broker that is overdue may wait for it for ever, and gets another
//     target, also where that one had a replica before: the group may have left it, and be asked to come back
//   a majority of those who vote lives, and of those who are to vote: the group can go there, and has all it had
//   fewer than so many partitions are being rebuilt; those that miss the most replicas come first
//   there is one whose disk has room for it, and for all that is on its way there already
// It takes the place in the list of the one that is gone, so that preferred leaders stay as even as they were.

/// <summary>Which replicas of brokers that are gone are rebuilt elsewhere now, and where. Pure.</summary>
public static class RebuildPlanner
{
    /// <param name="overdue">Fenced for so long that nobody waits for them any more.</param>
    /// <param name="doubted">Not fenced, but not to be reached just now: they get nothing.</param>
    /// <param name="disks">What brokers tell of theirs; one that does not tell is taken to have room.</param>
    /// <param name="most">The most partitions that are rebuilt at the same time.</param>
    public static Rebuild Make(
        ClusterImage image,
        IReadOnlySet<BrokerId> overdue,
        IReadOnlySet<BrokerId> doubted,
        IReadOnlyDictionary<BrokerId, RoomReport> disks,
        int most)
    {
        if (overdue.Count == 0 || image.Level < FeatureLevel.Reassignments)
        {
            return Rebuild.Nothing;
        }

        (List<Loss> losses, int underWay) = Find(image, overdue);
        if (losses.Count == 0)
        {
            return Rebuild.Nothing;
        }

        var loads = new RebuildLoads(image, doubted, disks);
        var targets = ImmutableArray.CreateBuilder<PartitionTarget>();
        var stuck = ImmutableArray.CreateBuilder<StuckPartition>();
        foreach (Loss loss in losses.OrderBy(each => each.Spare))
        {
            if (ObstacleTo(loss, image, loads) is { } obstacle)
            {
                stuck.Add(new StuckPartition(loss.Topic.Name, loss.Index, obstacle));
            }
            else if (underWay < most && Replace(loss, overdue, loads) is { } target)
            {
                targets.Add(new PartitionTarget(loss.Topic.Id, loss.Index, target));
                underWay++;
            }
        }

        return new Rebuild(
            targets.ToImmutable(),
            [.. stuck.OrderBy(each => each.Topic, StringComparer.Ordinal).ThenBy(each => each.Partition)]);
    }

    // In the order of topics and indexes, and how many partitions are being rebuilt that nothing holds up.
    private static (List<Loss> Losses, int UnderWay) Find(ClusterImage image, IReadOnlySet<BrokerId> overdue)
    {
        List<Loss> losses = [];
        int underWay = 0;
        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count; i++)
            {
                PartitionImage partition = topic.Partitions[i];
                if (partition.Target.Any(overdue.Contains))
                {
                    int spare = partition.Original.Count(image.IsAlive) - (partition.Original.Length / 2);
                    losses.Add(new Loss(topic, i, partition, spare));
                }
                else if (partition.Reassignment is not null && image.IsAlive(partition.Leader))
                {
                    // Its leader is who moves it: one that is gone too may never have a successor.
                    underWay += partition.Removing.Any(overdue.Contains) ? 1 : 0;
                }
            }
        }

        return (losses, underWay);
    }

    private static RebuildObstacle? ObstacleTo(Loss loss, ClusterImage image, RebuildLoads loads)
    {
        // While replicas move, the group may be on either side.
        if (!HasMajority(image, loss.Partition.Original) || !HasMajority(image, loss.Partition.Target))
        {
            return RebuildObstacle.NoMajority;
        }

        return loads.ObstacleTo(loss.Partition, loss.Id);
    }

    private static bool HasMajority(ClusterImage image, ImmutableArray<BrokerId> voters) =>
        voters.Count(image.IsAlive) > voters.Length / 2;

    // As many of those who are gone as there are brokers to take their place; null where there is none just now.
    private static ImmutableArray<BrokerId>? Replace(Loss loss, IReadOnlySet<BrokerId> overdue, RebuildLoads loads)
    {
        BrokerId[] target = [.. loss.Partition.Target];
        bool isChanged = false;
        for (int i = 0; i < target.Length; i++)
        {
            if (!overdue.Contains(target[i]))
            {
                continue;
            }

            BrokerId[] remaining = [.. target.Where(replica => !overdue.Contains(replica))];
            if (loads.Take(loss.Partition, loss.Id, remaining) is { } successor)
            {
                target[i] = successor;
                isChanged = true;
            }
        }

        return isChanged ? [.. target] : null;
    }

    /// <param name="Spare">How many more may die before nothing can be written any more: 1 is the last chance.</param>
    private readonly record struct Loss(TopicImage Topic, int Index, PartitionImage Partition, int Spare)
    {
        public PartitionId Id => new(Topic.Id, Index);
    }
}
