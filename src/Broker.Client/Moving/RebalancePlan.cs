using Broker.Model;

namespace Broker.Client.Moving;

// First replicas, then bytes, then preferred leaders. A replica moves from a broker to one with at least two fewer, as
// long as one of the two is out of bounds, from the fullest to the emptiest that it can; so every move makes things
// more even, and none is made that is not needed. It takes the place in the list of the one that goes, and leaves the
// partition in as many racks as before. Bytes are then evened out by moves that leave counts as even (ByteBalance).
// Leaders change along chains of partitions, by the order of the lists alone: nothing is copied.

/// <summary>
/// How replicas, bytes and preferred leaders become even: each broker within a tenth of the mean, or as near to it as
/// whole replicas, racks and lists allow. Pure, and the same for the same cluster.
/// </summary>
public sealed class RebalancePlan
{
    private RebalancePlan(ReplicaSpread spread, IReadOnlyList<BrokerShare> before)
    {
        Moves = spread.Changed();
        Before = before;
        After = spread.Shares();
        Uneven = ByteBalance.Remainder(spread);
    }

    /// <summary>By topic and index; those that copy nothing only change the order. Empty where all is even.</summary>
    public IReadOnlyList<ReplicaMove> Moves { get; }

    /// <summary>Of every broker that takes replicas, by id.</summary>
    public IReadOnlyList<BrokerShare> Before { get; }

    public IReadOnlyList<BrokerShare> After { get; }

    /// <summary>Those whose bytes would still be more than a tenth off, by id.</summary>
    public IReadOnlyList<UnevenBroker> Uneven { get; }

    /// <summary>
    /// Draining brokers get nothing, and what they have stays. What is being moved already is counted where it goes and
    /// left alone; so is what has a replica on no living broker.
    /// </summary>
    public static RebalancePlan Make(ClusterLayout layout)
    {
        var spread = new ReplicaSpread(
            layout, layout.Brokers.Select(broker => broker.Id).Where(broker => !layout.Draining.Contains(broker)));
        IReadOnlyList<BrokerShare> before = spread.Shares();
        while (TryMove(spread) || ByteBalance.TryStep(spread))
        {
        }

        while (TryLead(spread))
        {
        }

        return new RebalancePlan(spread, before);
    }

    private static bool TryMove(ReplicaSpread spread)
    {
        (int least, int most) = spread.Bounds(spread.Replicas.Values.Sum());
        BrokerId[] byLoad =
        [
            .. spread.Takers.OrderByDescending(broker => spread.Replicas[broker])
                .ThenByDescending(broker => spread.Bytes[broker]),
        ];
        foreach (BrokerId from in byLoad)
        {
            foreach (BrokerId to in byLoad.Reverse())
            {
                bool isNeeded = spread.Replicas[from] > most || spread.Replicas[to] < least;
                if (isNeeded && spread.Replicas[from] >= spread.Replicas[to] + 2 && TryMove(spread, from, to))
                    return true;
            }
        }

        return false;
    }

    // The replica that leaves their bytes most alike, and of such ones one that makes leaders more even, or not less.
    private static bool TryMove(ReplicaSpread spread, BrokerId from, BrokerId to)
    {
        long gap = spread.Bytes[from] - spread.Bytes[to];
        bool givesLead = spread.Leads[from] > spread.Leads[to];
        MovablePartition? moved = spread.Movable(from, to)
            .OrderBy(partition => Math.Abs(gap - (2 * partition.Bytes)))
            .ThenBy(partition => (spread.LeaderOf(partition) == from) != givesLead)
            .FirstOrDefault();
        if (moved is null)
            return false;

        spread.Move(moved, from, to);
        return true;
    }

    // Breadth first from a broker over "leads a partition that the next one has a replica of".
    private static bool TryLead(ReplicaSpread spread)
    {
        (int least, int most) = spread.Bounds(spread.Leads.Values.Sum());
        foreach (BrokerId from in spread.Takers.OrderByDescending(broker => spread.Leads[broker]))
        {
            var cameBy = new SortedDictionary<BrokerId, MovablePartition>();
            var queue = new Queue<BrokerId>([from]);
            while (queue.TryDequeue(out BrokerId leader))
            {
                foreach ((MovablePartition partition, BrokerId next) in spread.SuccessorsOf(leader))
                {
                    if (next == from || !cameBy.TryAdd(next, partition))
                        continue;
                    bool isNeeded = spread.Leads[from] > most || spread.Leads[next] < least;
                    if (isNeeded && spread.Leads[from] >= spread.Leads[next] + 2)
                    {
                        HandOver(spread, from, next, cameBy);
                        return true;
                    }

                    queue.Enqueue(next);
                }
            }
        }

        return false;
    }

    private static void HandOver(
        ReplicaSpread spread, BrokerId from, BrokerId to, SortedDictionary<BrokerId, MovablePartition> cameBy)
    {
        for (BrokerId next = to; next != from;)
        {
            MovablePartition partition = cameBy[next];
            BrokerId previous = spread.LeaderOf(partition)!.Value;
            spread.Lead(partition, next);
            next = previous;
        }
    }
}
