using Broker.Protocol;
using Broker.Server.Partitions;

namespace Broker.Server.Groups;

/// <summary>What a client is told that may not commit offsets in a transaction.</summary>
internal static class TransactionFault
{
    public static ErrorCode OfOffsets(PartitionFault fault) => fault switch
    {
        PartitionFault.None => ErrorCode.None,
        PartitionFault.InvalidProducerEpoch => ErrorCode.InvalidProducerEpoch,
        PartitionFault.NotOfTransaction => ErrorCode.InvalidTxnState,
        PartitionFault.UnknownTransaction => ErrorCode.InvalidProducerIdMapping,
        PartitionFault.NotLeader => ErrorCode.NotCoordinator,
        _ => ErrorCode.CoordinatorNotAvailable,
    };
}
