using System.Collections.Concurrent;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Controller;
using Broker.Server.Coordination;
using Broker.Server.Partitions;
using Broker.Server.Reconciliation;
using Broker.Server.Transactions.Log;
using Broker.Server.Transactions.Verifying;

namespace Broker.Server.Transactions;

/// <summary>The transaction coordinators of this broker: one for each replica of __transaction_state. Any
/// thread.</summary>
internal sealed class TransactionCoordinators(IClusterView cluster, TransactionResources resources)
{
    // Never enumerated but to be sorted: its order is a hash's.
    private readonly ConcurrentDictionary<PartitionId, TransactionCoordinator> _coordinators = new();

    /// <summary>In the order of their partitions.</summary>
    public IReadOnlyList<TransactionCoordinator> All() => [.. _coordinators.Values.OrderBy(each => each.Id)];

    /// <summary>The coordinator of an id, if this broker has a replica of its partition; whether it leads, it says
    /// itself.</summary>
    public ErrorCode Find(string id, out TransactionCoordinator? coordinator)
    {
        coordinator = null;
        if (cluster.Image.FindTopic(InternalTopics.TransactionState) is { } topic)
        {
            _coordinators.TryGetValue(
                new PartitionId(topic.Id, KeyPartitions.Of(id, topic.Partitions.Count)), out coordinator);
        }

        return coordinator is null ? ErrorCode.NotCoordinator : ErrorCode.None;
    }

    /// <summary>Lets go what was not used for too long.</summary>
    public void Expire()
    {
        long now = resources.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (TransactionCoordinator coordinator in All())
            coordinator.Expire(now - (long)resources.Options.IdExpiration.TotalMilliseconds);
    }

    /// <summary>What a partition's leader on any broker is told of an id that is coordinated here.</summary>
    public VerificationReply Verify(VerificationAsk ask)
    {
        ErrorCode error = Find(ask.Id, out TransactionCoordinator? coordinator);
        if (coordinator is null)
            return new VerificationReply((short)error, -1, -1);

        (error, long number, int epoch) = coordinator.Verify(
            ask.Id, new ProducerId(ask.Producer), ask.Epoch, new TopicPartition(ask.Topic, ask.Partition));
        return new VerificationReply((short)error, number, epoch);
    }

    public IReplicaStateMachine MachineOf(ReplicaAssignment assignment, Partition partition)
    {
        var coordinator = new TransactionCoordinator(partition, resources);
        _coordinators[assignment.Id] = coordinator;
        return new CoordinatorReplica<TransactionRecord>(partition, coordinator);
    }

    public void Ended(PartitionId id)
    {
        if (_coordinators.TryRemove(id, out TransactionCoordinator? coordinator))
            coordinator.Depose();
    }
}
