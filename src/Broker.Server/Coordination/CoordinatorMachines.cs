using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Groups;
using Broker.Server.Partitions;
using Broker.Server.Reconciliation;
using Broker.Server.Transactions;

namespace Broker.Server.Coordination;

/// <summary>Gives the replicas of coordinators' topics their coordinators.</summary>
internal sealed class CoordinatorMachines(GroupCoordinators groups, TransactionCoordinators transactions)
    : IReplicaMachines
{
    public IReplicaStateMachine MachineOf(ReplicaAssignment assignment, Partition partition) =>
        assignment.Topic switch
        {
            InternalTopics.ConsumerOffsets => groups.MachineOf(assignment, partition),
            InternalTopics.TransactionState => transactions.MachineOf(assignment, partition),
            _ => partition,
        };

    public void Ended(PartitionId id)
    {
        groups.Ended(id);
        transactions.Ended(id);
    }
}
