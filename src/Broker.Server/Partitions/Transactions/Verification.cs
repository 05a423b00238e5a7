namespace Broker.Server.Partitions.Transactions;

/// <summary>What a coordinator says of a producer that wants to write to a partition.</summary>
/// <param name="Fault">None: its transaction is open and holds the partition.</param>
/// <param name="Number">Of that transaction: it goes up with every one of a producer.</param>
internal readonly record struct Verification(PartitionFault Fault, long Number, int CoordinatorEpoch)
{
    public static Verification Refuse(PartitionFault fault) => new(fault, -1, -1);
}
