namespace Broker.Metadata;

/// <summary>
/// Orders the replicas of partitions so that preferred leaders are spread evenly: first greedily, then by moving
/// leadership along chains of partitions from the broker with the most to one with at least two fewer.
/// </summary>
internal static class LeaderBalance
{
    public static void Arrange(List<BrokerLoad[]> partitions, IReadOnlyList<BrokerLoad> brokers)
    {
        foreach (BrokerLoad[] replicas in partitions)
        {
            Lead(replicas, replicas.Aggregate((left, right) => Compare(left, right) <= 0 ? left : right));
            replicas[0].LeadsInTopic++;
            replicas[0].LeadsInAll++;
        }

        while (brokers.Any(broker => TryRelieve(broker, partitions)))
        {
        }
    }

    private static int Compare(BrokerLoad left, BrokerLoad right)
    {
        int order = left.Standing.CompareTo(right.Standing);
        order = order != 0 ? order : left.LeadsInTopic.CompareTo(right.LeadsInTopic);
        order = order != 0 ? order : left.LeadsInAll.CompareTo(right.LeadsInAll);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }

    // Breadth first from the broker over "leads a partition that the next one has a replica of".
    private static bool TryRelieve(BrokerLoad from, List<BrokerLoad[]> partitions)
    {
        var cameBy = new SortedDictionary<Model.BrokerId, BrokerLoad[]>();
        var queue = new Queue<BrokerLoad>([from]);
        while (queue.TryDequeue(out BrokerLoad? leader))
        {
            foreach (BrokerLoad[] replicas in partitions.Where(replicas => replicas[0] == leader))
            {
                foreach (BrokerLoad next in replicas)
                {
                    if (next != from && next.Standing == BrokerStanding.Sound && cameBy.TryAdd(next.Id, replicas))
                    {
                        if (next.LeadsInTopic <= from.LeadsInTopic - 2)
                        {
                            Shift(from, next, cameBy);
                            return true;
                        }

                        queue.Enqueue(next);
                    }
                }
            }
        }

        return false;
    }

    private static void Shift(
        BrokerLoad from, BrokerLoad to, SortedDictionary<Model.BrokerId, BrokerLoad[]> cameBy)
    {
        from.LeadsInTopic--;
        from.LeadsInAll--;
        to.LeadsInTopic++;
        to.LeadsInAll++;
        BrokerLoad current = to;
        while (current != from)
        {
            BrokerLoad[] replicas = cameBy[current.Id];
            BrokerLoad previous = replicas[0];
            Lead(replicas, current);
            current = previous;
        }
    }

    private static void Lead(BrokerLoad[] replicas, BrokerLoad leader)
    {
        int at = Array.IndexOf(replicas, leader);
        (replicas[0], replicas[at]) = (replicas[at], replicas[0]);
    }
}
