using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

/// <summary>What a coordinator wants written to a partition: the end of a transaction.</summary>
/// <param name="Epoch">Every older epoch of the producer is fenced by it.</param>
/// <param name="Number">The transaction's.</param>
/// <param name="Term">In which the coordinator believes the partition to be led: in another one it is too late.</param>
internal readonly record struct TransactionEnd(
    ProducerId Producer, short Epoch, bool IsCommit, long Number, int CoordinatorEpoch, Term Term);
