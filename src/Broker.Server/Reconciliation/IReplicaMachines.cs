using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions;

namespace Broker.Server.Reconciliation;

/// <summary>What a replica's entries mean beyond what they mean to the clients of any partition.</summary>
internal interface IReplicaMachines
{
    /// <summary>The partition itself, where its entries mean no more than that; called before it is opened.</summary>
    IReplicaStateMachine MachineOf(ReplicaAssignment assignment, Partition partition);

    /// <summary>The replica has been stopped.</summary>
    void Ended(PartitionId id);
}
