using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

// Partition by partition, replica by replica, the next replica goes to the broker that comes first by:
//   1. sound before doubted before fenced; draining ones are not looked at
//   2. the rack that has the fewest of this partition's replicas
//   3. the fewest replicas of this topic on the broker, then on its rack (per broker of it)
//   4. the fewest replicas of all topics, then the lowest id
// Taking the least loaded ones keeps brokers within one of each other wherever racks are equally large; where they are
// not, spread over racks wins over balance. Which replica leads is chosen afterwards (LeaderBalance).

/// <summary>Chooses brokers for new partitions: balanced, spread over racks, the same for the same image.</summary>
public static class ReplicaPlacer
{
    /// <summary>
    /// Places <paramref name="count"/> partitions of <paramref name="topic"/>, or of a topic that is not there yet.
    /// A fenced broker is taken only where living ones don't suffice, and never for half of a partition's replicas
    /// or more: a new partition must be able to elect a leader. One that is being drained is never taken.
    /// </summary>
    /// <param name="doubted">
    /// Those that the caller can't reach though they are not fenced: taken after the others, before fenced ones.
    /// </param>
    public static Refusal? Place(
        ClusterImage image,
        TopicImage? topic,
        int count,
        int factor,
        IReadOnlySet<BrokerId> doubted,
        out ImmutableArray<ImmutableArray<BrokerId>> partitions)
    {
        partitions = [];
        if (factor < 1 || factor > short.MaxValue)
        {
            return Refuse($"A replication factor is 1 or more, or -1 for the default; not {factor}.");
        }

        BrokerRegistration[] takers = [.. image.Brokers.Values.Where(broker => !broker.IsDraining)];
        if (factor > takers.Length)
        {
            return Refuse(
                $"{factor} replicas were asked for, and {image.Brokers.Count} brokers are registered"
                + (takers.Length == image.Brokers.Count ? "." : $", of which {Draining(image)} are being drained."));
        }

        int alive = takers.Count(broker => broker.IsAlive);
        if (alive <= factor / 2)
        {
            return Refuse($"{factor} replicas were asked for, and {alive} brokers are alive: no majority.");
        }

        var loads = new PlacementLoads(image, topic, doubted);
        var placed = new List<BrokerLoad[]>(count);
        for (int i = 0; i < count; i++)
        {
            placed.Add(loads.TakeReplicas(factor));
        }

        LeaderBalance.Arrange(placed, loads.Brokers);
        partitions = [.. placed.Select(replicas => replicas.Select(load => load.Id).ToImmutableArray())];
        return null;
    }

    private static string Draining(ClusterImage image) =>
        string.Join(", ", image.Brokers.Values.Where(broker => broker.IsDraining).Select(broker => broker.Id));

    private static Refusal Refuse(string message) => new(RefusalReason.InvalidReplicationFactor, message);
}
