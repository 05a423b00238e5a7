using Broker.Model;

namespace Broker.Metadata;

/// <summary>Who can take replicas, and how many each has or is about to get.</summary>
internal sealed class RebuildLoads
{
    private readonly RackMap _racks;
    private readonly SortedDictionary<BrokerId, int> _replicas = [];
    private readonly IReadOnlySet<BrokerId> _doubted;

    /// <param name="doubted">Alive, but not to be reached just now: they get nothing until they can be.</param>
    public RebuildLoads(ClusterImage image, IReadOnlySet<BrokerId> doubted)
    {
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

    public bool HasRoomFor(PartitionImage partition) =>
        _replicas.Keys.Any(broker => !partition.Target.Contains(broker));

    /// <summary>
    /// The broker that is to have the next replica: in the rack that has the fewest of this partition's, with the
    /// fewest replicas of all, with the lowest id. Null if there is none just now.
    /// </summary>
    /// <param name="remaining">Those that stay, and those that were taken already.</param>
    public BrokerId? Take(PartitionImage partition, IReadOnlyCollection<BrokerId> remaining)
    {
        BrokerId? taken = _replicas
            .Where(each => !partition.Target.Contains(each.Key) && !remaining.Contains(each.Key))
            .Where(each => !_doubted.Contains(each.Key))
            .OrderBy(each => remaining.Count(other => _racks.AreTogether(other, each.Key)))
            .ThenBy(each => each.Value)
            .Select(each => (BrokerId?)each.Key)
            .FirstOrDefault();
        if (taken is { } broker)
        {
            Add(broker);
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
