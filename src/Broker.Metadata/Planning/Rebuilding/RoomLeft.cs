using Broker.Model;

namespace Broker.Metadata;

/// <summary>
/// Which replicas there is still room for on brokers' disks, while they are handed out. A broker that tells nothing
/// has room: it is of a version that does not tell. What is on its way to a broker by earlier moves takes its room.
/// </summary>
internal sealed class RoomLeft
{
    private readonly IReadOnlyDictionary<BrokerId, RoomReport> _reports;
    private readonly SortedDictionary<BrokerId, long> _left = [];

    public RoomLeft(ClusterImage image, IReadOnlyDictionary<BrokerId, RoomReport> reports)
    {
        _reports = reports;
        foreach ((BrokerId broker, RoomReport report) in reports)
        {
            _left[broker] = report.Room;
        }

        foreach (TopicImage topic in image.Topics.Values)
        {
            for (int i = 0; i < topic.Partitions.Count && reports.Count > 0; i++)
            {
                if (topic.Partitions[i].Reassignment is not null)
                {
                    CountMove(new PartitionId(topic.Id, i), topic.Partitions[i]);
                }
            }
        }
    }

    /// <summary>What a replica takes once it is filled: the most that any takes; 0 where nobody tells.</summary>
    public long SizeOf(PartitionId partition) =>
        _reports.Values.Select(report => report.Replicas.GetValueOrDefault(partition)).DefaultIfEmpty().Max();

    public bool Has(BrokerId broker, PartitionId partition) =>
        !_left.TryGetValue(broker, out long left) || left > NeedOf(partition);

    /// <summary>What is left for records; without an end where a broker does not tell.</summary>
    public long Of(BrokerId broker) => _left.GetValueOrDefault(broker, long.MaxValue);

    public void Take(BrokerId broker, PartitionId partition)
    {
        if (_left.TryGetValue(broker, out long left))
        {
            _left[broker] = left - NeedOf(partition);
        }
    }

    // A tenth more: records go on being written while it is copied.
    private long NeedOf(PartitionId partition)
    {
        long size = SizeOf(partition);
        return size + (size / 10);
    }

    private void CountMove(PartitionId id, PartitionImage partition)
    {
        foreach (BrokerId broker in partition.Adding.Where(_left.ContainsKey))
        {
            _left[broker] -= Math.Max(0, NeedOf(id) - _reports[broker].Replicas.GetValueOrDefault(id));
        }
    }
}
