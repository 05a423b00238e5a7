using Broker.Model;

namespace Broker.Metadata;

/// <summary>The scales of placement: every broker's load, kept up as replicas are handed out.</summary>
internal sealed class PlacementLoads
{
    private readonly BrokerLoad[] _brokers;
    private readonly SortedDictionary<BrokerId, BrokerLoad> _byId = [];

    /// <param name="doubted">Taken only where others don't suffice.</param>
    public PlacementLoads(ClusterImage image, TopicImage? topic, IReadOnlySet<BrokerId> doubted)
    {
        RackMap map = image.Racks;
        var racks = new SortedDictionary<string, RackLoad>(StringComparer.Ordinal);
        foreach (BrokerRegistration broker in image.Brokers.Values.Where(broker => !broker.IsDraining))
        {
            string key = map.KeyOf(broker.Id);
            if (!racks.TryGetValue(key, out RackLoad? rack))
            {
                racks.Add(key, rack = new RackLoad());
            }

            rack.Brokers++;
            _byId.Add(broker.Id, new BrokerLoad(broker, rack, doubted.Contains(broker.Id)));
        }

        _brokers = [.. _byId.Values];
        foreach (TopicImage existing in image.Topics.Values)
        {
            Count(existing, existing.Id == topic?.Id);
        }
    }

    public IReadOnlyList<BrokerLoad> Brokers => _brokers;

    /// <summary>Picks the brokers of the next partition.</summary>
    public BrokerLoad[] TakeReplicas(int factor)
    {
        var taken = new BrokerLoad[factor];
        for (int i = 0; i < factor; i++)
        {
            BrokerLoad next = _brokers.Where(broker => !taken.Contains(broker)).Aggregate(Lighter);
            next.InTopic++;
            next.InAll++;
            next.Rack.InTopic++;
            next.Rack.InPartition++;
            taken[i] = next;
        }

        foreach (BrokerLoad broker in taken)
        {
            broker.Rack.InPartition = 0;
        }

        return taken;
    }

    private static BrokerLoad Lighter(BrokerLoad left, BrokerLoad right) => Compare(left, right) <= 0 ? left : right;

    private static int Compare(BrokerLoad left, BrokerLoad right)
    {
        int order = left.Standing.CompareTo(right.Standing);
        order = order != 0 ? order : left.Rack.InPartition.CompareTo(right.Rack.InPartition);
        order = order != 0 ? order : left.InTopic.CompareTo(right.InTopic);
        order = order != 0 ? order : PerBroker(left, right).CompareTo(PerBroker(right, left));
        order = order != 0 ? order : left.InAll.CompareTo(right.InAll);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }

    // Fractions compared without division: a/b < c/d as a*d < c*b.
    private static long PerBroker(BrokerLoad mine, BrokerLoad other) => (long)mine.Rack.InTopic * other.Rack.Brokers;

    private void Count(TopicImage topic, bool same)
    {
        foreach (PartitionImage partition in topic.Partitions)
        {
            for (int i = 0; i < partition.Replicas.Length; i++)
            {
                if (_byId.TryGetValue(partition.Replicas[i], out BrokerLoad? broker))
                {
                    Add(broker, same, leads: i == 0);
                }
            }
        }
    }

    private static void Add(BrokerLoad broker, bool same, bool leads)
    {
        broker.InAll++;
        broker.LeadsInAll += leads ? 1 : 0;
        if (same)
        {
            broker.InTopic++;
            broker.Rack.InTopic++;
            broker.LeadsInTopic += leads ? 1 : 0;
        }
    }
}
