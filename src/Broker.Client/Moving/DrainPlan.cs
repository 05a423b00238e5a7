using Broker.Model;

namespace Broker.Client.Moving;

// A replica goes, in this order, to a broker in a rack where the partition has no other one, to the broker with the
// fewest replicas, to the one with the lowest id; it takes the place in the list of the replica that goes.

/// <summary>
/// Where the replicas of a broker that is to leave the cluster go. Pure: a function of what is given.
/// </summary>
public static class DrainPlan
{
    /// <param name="leaving">The broker that is to have no replica any more.</param>
    /// <param name="brokers">Those that are alive.</param>
    /// <param name="draining">Those that get no replicas, because they are to leave too.</param>
    /// <param name="topics">All of them.</param>
    /// <param name="moves">What is being moved already.</param>
    /// <returns>One move for each partition that is not leaving the broker yet; none if all are.</returns>
    /// <exception cref="NoRoomException">A partition has a replica on every other broker that is alive.</exception>
    public static IReadOnlyList<ReplicaMove> Make(
        BrokerId leaving,
        IReadOnlyList<BrokerDescription> brokers,
        IReadOnlySet<BrokerId> draining,
        IReadOnlyList<TopicDescription> topics,
        IReadOnlyList<ReassignmentDescription> moves)
    {
        var targets = moves.ToDictionary(
            move => (move.Topic, move.Partition),
            BrokerId[] (move) => [.. move.Replicas.Where(replica => !move.Removing.Contains(replica))]);
        var load = new Load(leaving, brokers, draining);
        List<(string Topic, int Partition, BrokerId[] Replicas)> open = [];
        foreach (TopicDescription topic in topics)
        {
            foreach (PartitionDescription partition in topic.Partitions)
            {
                BrokerId[] replicas = targets.GetValueOrDefault((topic.Name, partition.Index))
                    ?? [.. partition.Replicas];
                load.Add(replicas);
                if (replicas.Contains(leaving))
                    open.Add((topic.Name, partition.Index, replicas));
            }
        }

        return [.. open.Select(each => new ReplicaMove(each.Topic, each.Partition, Replace(each, leaving, load)))];
    }

    private static BrokerId[] Replace(
        (string Topic, int Partition, BrokerId[] Replicas) partition, BrokerId leaving, Load load)
    {
        BrokerId successor = load.Successor(partition.Replicas) ?? throw new NoRoomException(
            $"{partition.Topic}/{partition.Partition} has its replicas on {string.Join(',', partition.Replicas)}, and "
            + $"there is no other broker alive that could take the one of broker {leaving}: start another broker, or "
            + "reassign that partition to fewer replicas first");
        load.Add([successor]);
        return [.. partition.Replicas.Select(replica => replica == leaving ? successor : replica)];
    }

    /// <summary>How many replicas each broker has that may take more.</summary>
    private sealed class Load(
        BrokerId leaving, IReadOnlyList<BrokerDescription> brokers, IReadOnlySet<BrokerId> draining)
    {
        private readonly SortedDictionary<BrokerId, int> _replicas = new(
            brokers.Where(broker => broker.Id != leaving && !draining.Contains(broker.Id))
                .ToDictionary(broker => broker.Id, _ => 0));

        private readonly Dictionary<BrokerId, string?> _racks = brokers.ToDictionary(
            broker => broker.Id, broker => broker.Rack);

        public void Add(IEnumerable<BrokerId> replicas)
        {
            foreach (BrokerId replica in replicas)
            {
                if (_replicas.TryGetValue(replica, out int count))
                    _replicas[replica] = count + 1;
            }
        }

        public BrokerId? Successor(BrokerId[] replicas)
        {
            string?[] used = [.. replicas.Where(replica => replica != leaving).Select(RackOf)];
            return _replicas
                .Where(broker => !replicas.Contains(broker.Key))
                .OrderBy(broker => RackOf(broker.Key) is { } rack && used.Contains(rack))
                .ThenBy(broker => broker.Value)
                .Select(broker => (BrokerId?)broker.Key)
                .FirstOrDefault();
        }

        private string? RackOf(BrokerId broker) => _racks.GetValueOrDefault(broker);
    }
}
