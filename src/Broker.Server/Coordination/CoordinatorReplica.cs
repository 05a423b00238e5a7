using System.Buffers;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Coordination;

/// <summary>
/// A replica of a coordinators' topic: to clients that read it a partition like any other; besides, what its entries
/// say is kept on every replica, from those that are committed alone, so that a new leader needs no replay.
/// </summary>
internal sealed class CoordinatorReplica<TRecord>(Partition partition, ICoordinator<TRecord> coordinator)
    : IReplicaStateMachine
{
    private readonly UncommittedRecords<TRecord> _uncommitted = new();
    private readonly IReplicaStateMachine _partition = partition;

    void IReplicaStateMachine.Restore(ReadOnlySpan<byte> checkpoint) =>
        _partition.Restore(coordinator.Restore(checkpoint));

    void IReplicaStateMachine.Appended(in LogEntry entry, bool recovering)
    {
        _partition.Appended(entry, recovering);
        if (entry.Kind == EntryKind.Data)
            _uncommitted.Appended(entry.Index, coordinator.Read(entry.Payload));
    }

    void IReplicaStateMachine.Truncated(LogIndex from, Offset nextOffset)
    {
        _partition.Truncated(from, nextOffset);
        _uncommitted.Truncated(from);
    }

    void IReplicaStateMachine.Committed(LogIndex commit, Offset highWatermark)
    {
        while (_uncommitted.TryTake(commit, out IReadOnlyList<TRecord> records))
            coordinator.Apply(records);
        _partition.Committed(commit, highWatermark);
    }

    void IReplicaStateMachine.StatusChanged(ReplicaStatus status)
    {
        if (!status.IsLeader || status.Term != coordinator.Term)
            coordinator.Depose();
        _partition.StatusChanged(status);
    }

    void IReplicaStateMachine.LeaderReady(Term term)
    {
        coordinator.Lead(term);
        _partition.LeaderReady(term);
    }

    void IReplicaStateMachine.LogStartMoved(Offset logStart) => _partition.LogStartMoved(logStart);

    void IReplicaStateMachine.WriteCheckpoint(IBufferWriter<byte> into)
    {
        var inner = new ArrayBufferWriter<byte>(256);
        _partition.WriteCheckpoint(inner);
        coordinator.WriteCheckpoint(into, inner.WrittenSpan);
    }
}
