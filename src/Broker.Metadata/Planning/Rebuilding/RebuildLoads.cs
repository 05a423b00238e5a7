using Broker.Model;

namespace Broker.Metadata;

/// <summary>Who can take replicas, how many each has or is about to get, and what its disk has room for.</summary>
internal sealed class RebuildLoads
{
    private readonly RackMap _racks;
    private readonly SortedDictionary<BrokerId, int> _replicas = [];
    private readonly IReadOnlySet<BrokerId> _doubted;
    private readonly RoomLeft _room;

    /// <param name="doubted">Alive, but not to be reached just now: they get nothing until they can be.</param>
    /// <param name="disks">What is told of them; nothing is given to one that would be full.</param>
    public RebuildLoads(
        ClusterImage image, IReadOnlySet<BrokerId> doubted, IReadOnlyDictionary<BrokerId, RoomReport> disks)
    {
        _room = new RoomLeft(image, disks);
        _doubted = doubted;
        _racks = image.Racks;
        foreach (BrokerRegistration broker in image.Brokers.Values.Where(each => each.IsAlive && !each.IsDraining))
        {
            _replicas.Add(broker.Id, 0);
        }

        foreach (TopicImage topic in image.Topics.Values)
        {
            foreach (PartitionImage partition in topic.Partitions)
            {
                foreach (BrokerId replica in partition.Target)
                {
                    Add(replica);
                }
            }
        }
    }

    /// <summary>Why no broker can take a replica that is lost; null if one can, or may soon.</summary>
    public RebuildObstacle? ObstacleTo(PartitionImage partition, PartitionId id)
    {
        BrokerId[] others = [.. _replicas.Keys.Where(broker => !partition.Target.Contains(broker))];
        return others.Length == 0 ? RebuildObstacle.NoRoom
            : others.Any(broker => _room.Has(broker, id)) ? null
            : RebuildObstacle.DisksFull;
    }

    /// <summary>
    /// The broker that is to have the next replica: in the rack that has the fewest of this partition's, with the
    /// fewest replicas of all, with the lowest id. Null if there is none just now.
    /// </summary>
    /// <param name="remaining">Those that stay, and those that were taken already.</param>
    public BrokerId? Take(PartitionImage partition, PartitionId id, IReadOnlyCollection<BrokerId> remaining)
    {
        BrokerId? taken = _replicas
            .Where(each => !partition.Target.Contains(each.Key) && !remaining.Contains(each.Key))
            .Where(each => !_doubted.Contains(each.Key) && _room.Has(each.Key, id))
            .OrderBy(each => remaining.Count(other => _racks.AreTogether(other, each.Key)))
            .ThenBy(each => each.Value)
            .Select(each => (BrokerId?)each.Key)
            .FirstOrDefault();
        if (taken is { } broker)
        {
            Add(broker);
            _room.Take(broker, id);
        }

        return taken;
    }

    private void Add(BrokerId broker)
    {
        if (_replicas.TryGetValue(broker, out int count))
        {
            _replicas[broker] = count + 1;
        }
    }
}
