using Broker.Client.Disks;
using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>Where replicas are while a plan is made, and what each broker carries by it.</summary>
internal sealed class ReplicaSpread
{
    private readonly RackMap _racks;
    private readonly SortedDictionary<BrokerId, long> _room;

    /// <param name="takers">Who may be given replicas.</param>
    public ReplicaSpread(ClusterLayout layout, IEnumerable<BrokerId> takers)
    {
        _racks = new RackMap(layout.Brokers.Select(broker => (broker.Id, broker.Rack)));
        Takers = [.. takers.Order()];
        Replicas = new(Takers.ToDictionary(broker => broker, _ => 0));
        Leads = new(Replicas);
        Bytes = new(Takers.ToDictionary(broker => broker, _ => 0L));
        Partitions = [.. PartitionsOf(layout)];
        _room = new(RoomOf(layout).ToDictionary(room => room.Broker, room => room.Bytes));
        foreach (MovablePartition partition in Partitions)
        {
            foreach (BrokerId replica in partition.Replicas)
                Count(partition, replica, 1);
            CountLead(partition, 1);
        }
    }

    /// <summary>Those that may be given replicas, ascending.</summary>
    public IReadOnlyList<BrokerId> Takers { get; }

    /// <summary>By topic and index.</summary>
    public IReadOnlyList<MovablePartition> Partitions { get; }

    public SortedDictionary<BrokerId, int> Replicas { get; }

    public SortedDictionary<BrokerId, int> Leads { get; }

    public SortedDictionary<BrokerId, long> Bytes { get; }

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
        [.. Takers.Select(broker => new BrokerShare(broker, Replicas[broker], Leads[broker], Bytes[broker]))];

    public IReadOnlyList<ReplicaMove> Changed() =>
    [
        .. Partitions.Where(partition => partition.IsChanged)
            .Select(partition => new ReplicaMove(partition.Name.Topic, partition.Name.Partition, partition.Replicas)),
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

    /// <summary>Whose replica could go there, with no fewer racks than before.</summary>
    public IEnumerable<MovablePartition> Movable(BrokerId from, BrokerId to) =>
        Partitions.Where(partition => CanMove(partition, from, to));

    /// <summary>The other one takes its place in the list.</summary>
    public void Move(MovablePartition partition, BrokerId from, BrokerId to)
    {
        TakeRoom(partition, to, 1);
        TakeRoom(partition, from, -1);
        Count(partition, from, -1);
        CountLead(partition, -1);
        partition.Replace(from, to);
        CountLead(partition, 1);
        Count(partition, to, 1);
    }

    /// <summary>
    /// Who is to have the replica of a broker that leaves: in the rack that has the fewest of the partition's, with the
    /// fewest of all, with the lowest id. Null if all have one, or no room on their disks.
    /// </summary>
    public BrokerId? SuccessorOf(MovablePartition partition, BrokerId leaving) => Takers
        .Where(broker => !partition.Replicas.Contains(broker) && HasRoom(broker, partition))
        .OrderBy(broker => partition.Replicas.Count(
            other => other != leaving && _racks.AreTogether(other, broker)))
        .ThenBy(broker => Replicas[broker])
        .Select(broker => (BrokerId?)broker)
        .FirstOrDefault();

    /// <summary>Who could lead what this broker leads.</summary>
    public IEnumerable<(MovablePartition Partition, BrokerId Next)> SuccessorsOf(BrokerId leader) =>
        from partition in Partitions
        where !partition.IsFixed && LeaderOf(partition) == leader
        from next in partition.Replicas
        where next != leader && Replicas.ContainsKey(next)
        select (partition, next);

    public void Lead(MovablePartition partition, BrokerId next)
    {
        CountLead(partition, -1);
        int first = Array.IndexOf(partition.Replicas, LeaderOf(partition)!.Value);
        int at = Array.IndexOf(partition.Replicas, next);
        (partition.Replicas[first], partition.Replicas[at]) = (next, partition.Replicas[first]);
        CountLead(partition, 1);
    }

    // What moves is counted where it goes, and left alone; so is what has a replica on no living broker.
    private static IEnumerable<MovablePartition> PartitionsOf(ClusterLayout layout)
    {
        var targets = layout.Moves.ToDictionary(
            move => new TopicPartition(move.Topic, move.Partition),
            BrokerId[] (move) => [.. move.Replicas.Where(replica => !move.Removing.Contains(replica))]);
        var alive = layout.Brokers.Select(broker => broker.Id).ToHashSet();
        foreach (TopicDescription topic in layout.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            foreach (PartitionDescription partition in topic.Partitions)
            {
                var name = new TopicPartition(topic.Name, partition.Index);
                bool isMoving = targets.TryGetValue(name, out BrokerId[]? target);
                BrokerId[] replicas = target ?? [.. partition.Replicas];
                yield return new MovablePartition(
                    name,
                    replicas,
                    layout.AreSizesKnown ? layout.Disks.SizeOf(name) : 0,
                    isMoving || !replicas.All(alive.Contains));
            }
        }
    }

    // What is on its way there takes its room already; a broker that does not tell has some.
    private static IEnumerable<(BrokerId Broker, long Bytes)> RoomOf(ClusterLayout layout)
    {
        foreach (DiskDescription disk in layout.Disks.Disks.Values.Where(disk => disk.UsableBytes >= 0))
        {
            long coming = layout.Moves.Where(move => move.Adding.Contains(disk.Broker))
                .Select(move => new TopicPartition(move.Topic, move.Partition))
                .Sum(name => Math.Max(0, layout.Disks.SizeOf(name) - disk.Replicas.GetValueOrDefault(name)));
            yield return (disk.Broker, disk.UsableBytes - coming);
        }
    }

    private bool HasRoom(BrokerId broker, MovablePartition partition) =>
        partition.WasOn(broker) || !_room.TryGetValue(broker, out long left) || left > partition.BytesNeeded;

    private void TakeRoom(MovablePartition partition, BrokerId broker, int sign)
    {
        if (!partition.WasOn(broker) && _room.TryGetValue(broker, out long left))
            _room[broker] = left - (sign * partition.BytesNeeded);
    }

    private bool CanMove(MovablePartition partition, BrokerId from, BrokerId to) =>
        !partition.IsFixed
        && partition.Replicas.Contains(from)
        && !partition.Replicas.Contains(to)
        && HasRoom(to, partition)
        && _racks.Count([.. partition.Replicas.Select(replica => replica == from ? to : replica)])
            >= _racks.Count(partition.Replicas);

    private void Count(MovablePartition partition, BrokerId broker, int sign)
    {
        if (!Replicas.TryGetValue(broker, out int count))
            return;
        Replicas[broker] = count + sign;
        Bytes[broker] += sign * partition.Bytes;
    }

    private void CountLead(MovablePartition partition, int sign)
    {
        if (LeaderOf(partition) is { } leader)
            Leads[leader] += sign;
    }
}
