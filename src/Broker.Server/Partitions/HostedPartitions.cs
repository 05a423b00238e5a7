using System.Collections.Concurrent;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Partitions;

/// <summary>The partitions that run on this broker. Any thread finds; the reconciler alone adds and removes.</summary>
internal sealed class HostedPartitions(
    PartitionResources resources, Action<PartitionId> leadershipChanged) : IPartitions
{
    // Never enumerated but to be sorted: its order is a hash's.
    private readonly ConcurrentDictionary<PartitionId, Partition> _partitions = new();

    IPartition? IPartitions.Find(in PartitionId id) => Find(id);

    IReadOnlyList<IPartition> IPartitions.All() => All();

    public Partition? Find(PartitionId id) => _partitions.GetValueOrDefault(id);

    public IReadOnlySet<PartitionId> Ids() => new SortedSet<PartitionId>(_partitions.Keys);

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Partition> All() => [.. _partitions.Values.OrderBy(partition => partition.Id)];

    public Partition Make(PartitionId id, TopicSettings settings) => new(id, settings, resources, leadershipChanged);

    public void Add(Partition partition) => _partitions[partition.Id] = partition;

    public void Update(PartitionId id, TopicSettings settings)
    {
        if (_partitions.TryGetValue(id, out Partition? partition))
            partition.Configure(settings);
    }

    public void Remove(PartitionId id) => _partitions.TryRemove(id, out _);
}
