using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>
/// Where the replicas of a broker that is to leave the cluster go. Pure: a function of what is given.
/// </summary>
public static class DrainPlan
{
    /// <param name="leaving">The broker that is to have no replica any more.</param>
    /// <param name="layout">What else is to leave gets nothing.</param>
    /// <returns>One move for each partition that is not leaving the broker yet; none if all are.</returns>
    /// <exception cref="NoRoomException">A partition has a replica on every other broker that is alive and has room on
    /// its disk.</exception>
    public static IReadOnlyList<ReplicaMove> Make(BrokerId leaving, ClusterLayout layout)
    {
        var spread = new ReplicaSpread(layout, layout.Brokers.Select(broker => broker.Id)
            .Where(broker => broker != leaving && !layout.Draining.Contains(broker)));

        // The largest first: the others find room more easily.
        foreach (MovablePartition partition in spread.Partitions.Where(each => each.Replicas.Contains(leaving))
            .OrderByDescending(each => each.Bytes))
        {
            BrokerId successor = spread.SuccessorOf(partition, leaving)
                ?? throw new NoRoomException(Explain(partition, leaving, spread));
            spread.Move(partition, leaving, successor);
        }

        return spread.Changed();
    }

    private static string Explain(MovablePartition partition, BrokerId leaving, ReplicaSpread spread)
    {
        string name = $"{partition.Name.Topic}/{partition.Name.Partition}";
        return spread.Takers.All(partition.Replicas.Contains)
            ? $"{name} has its replicas on {string.Join(',', partition.Replicas)}, and there is no other broker alive "
                + $"that could take the one of broker {leaving}: start another broker, or reassign that partition to "
                + "fewer replicas first"
            : $"{name} takes {partition.Bytes} bytes, and beside what else goes there no other broker has that much "
                + "room on its disk: start another broker, make room, or delete records first";
    }
}
