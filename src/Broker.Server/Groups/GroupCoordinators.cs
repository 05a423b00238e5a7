using System.Collections.Concurrent;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Coordination;
using Broker.Server.Groups.Log;
using Broker.Server.Partitions;
using Broker.Server.Reconciliation;

namespace Broker.Server.Groups;

/// <summary>The group coordinators of this broker: one for each replica of __consumer_offsets. Any thread.</summary>
internal sealed class GroupCoordinators(IClusterView cluster, GroupResources resources)
{
    // Never enumerated but to be sorted: its order is a hash's.
    private readonly ConcurrentDictionary<PartitionId, GroupCoordinator> _coordinators = new();

    /// <summary>In the order of their partitions.</summary>
    public IReadOnlyList<GroupCoordinator> All() => [.. _coordinators.Values.OrderBy(each => each.Id)];

    /// <summary>The coordinator of a group, if this broker has a replica of its partition; whether it leads, it says
    /// itself.</summary>
    public ErrorCode Find(string group, out GroupCoordinator? coordinator)
    {
        coordinator = null;
        if (cluster.Image.FindTopic(InternalTopics.ConsumerOffsets) is { } topic)
        {
            var id = new PartitionId(topic.Id, KeyPartitions.Of(group, topic.Partitions.Count));
            _coordinators.TryGetValue(id, out coordinator);
        }

        return coordinator is null ? ErrorCode.NotCoordinator : ErrorCode.None;
    }

    /// <summary>Lets go what has been without a member for too long.</summary>
    public void Expire()
    {
        long now = resources.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long before = now - (long)resources.Offsets.Retention.TotalMilliseconds;
        foreach (GroupCoordinator coordinator in All())
        {
            coordinator.Forget((table, live) =>
                [.. OffsetExpiry.Of(table, group => live.Find(group) is not null, before, now), .. Lost(table)]);
        }
    }

    /// <summary>A topic is gone: one that gets its name begins without its offsets.</summary>
    public void TopicGone(string topic)
    {
        foreach (GroupCoordinator coordinator in All())
            coordinator.Forget((table, _) => OffsetExpiry.Of(table, gone => gone == topic));
    }

    public IReplicaStateMachine MachineOf(ReplicaAssignment assignment, Partition partition)
    {
        var coordinator = new GroupCoordinator(partition, resources);
        _coordinators[assignment.Id] = coordinator;
        return new CoordinatorReplica<GroupRecord>(partition, coordinator);
    }

    // Of topics whose end no coordinator has seen.
    private IReadOnlyList<GroupRecord> Lost(State.GroupTable table)
    {
        ClusterImage image = cluster.Image;
        return OffsetExpiry.Of(table, topic => image.FindTopic(topic) is null);
    }

    public void Ended(PartitionId id)
    {
        if (_coordinators.TryRemove(id, out GroupCoordinator? coordinator))
            coordinator.Depose();
    }
}
