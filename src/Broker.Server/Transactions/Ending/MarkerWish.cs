using Broker.Model;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

/// <summary>What a coordinator asks of a partition's leader: to write a transaction's marker.</summary>
/// <param name="Term">Of the partition's leader, as the coordinator knows it.</param>
/// <param name="Number">The transaction's.</param>
internal sealed record MarkerWish(
    PartitionId Partition,
    int Term,
    long Producer,
    short Epoch,
    bool IsCommit,
    long Number,
    int CoordinatorEpoch)
{
    public TransactionEnd ToEnd() => new(
        new ProducerId(Producer), Epoch, IsCommit, Number, CoordinatorEpoch, new Term(Term));
}
