using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>Where replicas are while a plan is made, and what each broker carries by it.</summary>
internal sealed class ReplicaSpread
{
    private readonly MovablePartition[] _partitions;
    private readonly Dictionary<BrokerId, string?> _racks;
    private readonly bool _isRacked;

    public ReplicaSpread(
        IReadOnlyList<BrokerDescription> brokers,
        IReadOnlySet<BrokerId> draining,
        IReadOnlyList<TopicDescription> topics,
        IReadOnlyList<ReassignmentDescription> moves)
    {
        _racks = brokers.ToDictionary(broker => broker.Id, broker => broker.Rack);
        _isRacked = brokers.Any(broker => broker.Rack is not null);
        Takers = [.. brokers.Select(broker => broker.Id).Where(broker => !draining.Contains(broker)).Order()];
        Replicas = new(Takers.ToDictionary(broker => broker, _ => 0));
        Leads = new(Replicas);
        _partitions = [.. PartitionsOf(topics, moves)];
        foreach (MovablePartition partition in _partitions)
        {
            foreach (BrokerId replica in partition.Replicas)
                Add(Replicas, replica, 1);
            if (LeaderOf(partition) is { } leader)
                Leads[leader]++;
        }
    }

    /// <summary>Those that may be given replicas, ascending.</summary>
    public IReadOnlyList<BrokerId> Takers { get; }

    public SortedDictionary<BrokerId, int> Replicas { get; }

    public SortedDictionary<BrokerId, int> Leads { get; }

    /// <summary>A tenth to both sides of the mean, but no finer than whole ones.</summary>
    public (int Least, int Most) Bounds(int total)
    {
        int brokers = Math.Max(1, Takers.Count);
        int floor = total / brokers;
        int ceiling = (total + brokers - 1) / brokers;
        return (Math.Min(floor, ((9 * total) + (10 * brokers) - 1) / (10 * brokers)),
            Math.Max(ceiling, 11 * total / (10 * brokers)));
    }

    public IReadOnlyList<BrokerShare> Shares() =>
        [.. Takers.Select(broker => new BrokerShare(broker, Replicas[broker], Leads[broker]))];

    public IReadOnlyList<ReplicaMove> Changed() =>
    [
        .. _partitions.Where(partition => partition.IsChanged)
            .Select(partition => new ReplicaMove(partition.Topic, partition.Index, partition.Replicas)),
    ];

    /// <summary>Who leads when all is well: the first that is not to leave; null if there is none.</summary>
    public BrokerId? LeaderOf(MovablePartition partition)
    {
        foreach (BrokerId replica in partition.Replicas)
        {
            if (Replicas.ContainsKey(replica))
                return replica;
        }

        return null;
    }

    /// <summary>Moves one replica, if any can go; one that makes leaders more even, or at least not less.</summary>
    public bool TryMove(BrokerId from, BrokerId to)
    {
        bool givesLead = Leads[from] > Leads[to];
        MovablePartition? moved = _partitions.Where(partition => CanMove(partition, from, to))
            .OrderBy(partition => (LeaderOf(partition) == from) != givesLead)
            .FirstOrDefault();
        if (moved is null)
            return false;

        Change(moved, () => moved.Replicas[Array.IndexOf(moved.Replicas, from)] = to);
        Replicas[from]--;
        Replicas[to]++;
        return true;
    }

    /// <summary>Who could lead what this broker leads.</summary>
    public IEnumerable<(MovablePartition Partition, BrokerId Next)> SuccessorsOf(BrokerId leader) =>
        from partition in _partitions
        where !partition.IsFixed && LeaderOf(partition) == leader
        from next in partition.Replicas
        where next != leader && Replicas.ContainsKey(next)
        select (partition, next);

    public void Lead(MovablePartition partition, BrokerId next) => Change(partition, () =>
    {
        int first = Array.IndexOf(partition.Replicas, LeaderOf(partition)!.Value);
        int at = Array.IndexOf(partition.Replicas, next);
        (partition.Replicas[first], partition.Replicas[at]) = (next, partition.Replicas[first]);
    });

    private IEnumerable<MovablePartition> PartitionsOf(
        IReadOnlyList<TopicDescription> topics, IReadOnlyList<ReassignmentDescription> moves)
    {
        var targets = moves.ToDictionary(
            move => (move.Topic, move.Partition),
            BrokerId[] (move) => [.. move.Replicas.Where(replica => !move.Removing.Contains(replica))]);
        foreach (TopicDescription topic in topics.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            foreach (PartitionDescription partition in topic.Partitions)
            {
                bool isMoving = targets.TryGetValue((topic.Name, partition.Index), out BrokerId[]? target);
                BrokerId[] replicas = target ?? [.. partition.Replicas];
                yield return new MovablePartition(
                    topic.Name, partition.Index, replicas, isMoving || !replicas.All(_racks.ContainsKey));
            }
        }
    }

    private void Change(MovablePartition partition, Action change)
    {
        Add(Leads, LeaderOf(partition) ?? BrokerId.None, -1);
        change();
        Add(Leads, LeaderOf(partition) ?? BrokerId.None, 1);
    }

    private bool CanMove(MovablePartition partition, BrokerId from, BrokerId to) =>
        !partition.IsFixed
        && partition.Replicas.Contains(from)
        && !partition.Replicas.Contains(to)
        && RacksOf(partition.Replicas.Select(replica => replica == from ? to : replica))
            >= RacksOf(partition.Replicas);

    // A broker without a rack is one of its own where others name theirs; where none does, there is one rack.
    private int RacksOf(IEnumerable<BrokerId> replicas) => !_isRacked
        ? 1
        : replicas.Select(replica => _racks[replica] is { } rack ? $"rack {rack}" : $"broker {replica}")
            .Distinct(StringComparer.Ordinal)
            .Count();

    private static void Add(SortedDictionary<BrokerId, int> counts, BrokerId broker, int more)
    {
        if (counts.TryGetValue(broker, out int count))
            counts[broker] = count + more;
    }
}
