using Broker.Protocol;
using Broker.Server.Partitions;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>
/// What a client is told of a partition's fault: the only place where the one becomes the other.
/// NOT_LEADER_OR_FOLLOWER and
/// KAFKA_STORAGE_ERROR are read as "not written" by clients, so nothing that may have been written becomes one of
/// them. A partition that is busy is
/// answered with NOT_ENOUGH_REPLICAS, the one code that every client reads as "not written, try again later".
/// </summary>
internal static class FaultCode
{
    public static ErrorCode OfProduce(PartitionFault fault) => fault switch
    {
        PartitionFault.None => ErrorCode.None,
        PartitionFault.NotLeader or PartitionFault.LeaderNotReady or PartitionFault.Quarantined
            or PartitionFault.Stopping or PartitionFault.FencedEpoch or PartitionFault.UnknownEpoch =>
            ErrorCode.NotLeaderOrFollower,
        PartitionFault.TimedOut => ErrorCode.RequestTimedOut,
        PartitionFault.NotEnoughReplicas or PartitionFault.Busy => ErrorCode.NotEnoughReplicas,
        PartitionFault.NotEnoughReplicasAfterAppend => ErrorCode.NotEnoughReplicasAfterAppend,
        PartitionFault.Storage => ErrorCode.KafkaStorageError,
        PartitionFault.CorruptBatch => ErrorCode.CorruptMessage,
        PartitionFault.InvalidRecord => ErrorCode.InvalidRecord,
        PartitionFault.BatchTooLarge => ErrorCode.MessageTooLarge,
        PartitionFault.InvalidTimestamp => ErrorCode.InvalidTimestamp,
        PartitionFault.OutOfOrderSequence => ErrorCode.OutOfOrderSequenceNumber,
        PartitionFault.InvalidProducerEpoch => ErrorCode.InvalidProducerEpoch,
        PartitionFault.NotOfTransaction => ErrorCode.InvalidTxnState,
        PartitionFault.UnknownTransaction => ErrorCode.InvalidProducerIdMapping,
        PartitionFault.UnknownProducer => ErrorCode.UnknownProducerId,
        PartitionFault.Unsupported => ErrorCode.UnsupportedForMessageFormat,
        _ => ErrorCode.UnknownServerError,
    };

    public static ErrorCode OfRead(PartitionFault fault) => fault switch
    {
        PartitionFault.None => ErrorCode.None,
        PartitionFault.FencedEpoch => ErrorCode.FencedLeaderEpoch,
        PartitionFault.UnknownEpoch => ErrorCode.UnknownLeaderEpoch,
        PartitionFault.OffsetOutOfRange => ErrorCode.OffsetOutOfRange,
        PartitionFault.Storage => ErrorCode.KafkaStorageError,
        PartitionFault.TimedOut => ErrorCode.RequestTimedOut,
        PartitionFault.Unsupported => ErrorCode.UnsupportedForMessageFormat,
        PartitionFault.CorruptBatch => ErrorCode.CorruptMessage,
        _ => ErrorCode.NotLeaderOrFollower,
    };

    public static ErrorCode OfDelete(PartitionFault fault) => fault switch
    {
        PartitionFault.None => ErrorCode.None,
        PartitionFault.OffsetOutOfRange => ErrorCode.OffsetOutOfRange,
        PartitionFault.Policy => ErrorCode.PolicyViolation,
        PartitionFault.TimedOut => ErrorCode.RequestTimedOut,
        PartitionFault.Busy => ErrorCode.ThrottlingQuotaExceeded,
        _ => ErrorCode.NotLeaderOrFollower,
    };
}
