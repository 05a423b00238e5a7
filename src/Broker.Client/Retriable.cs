using Broker.Protocol;

namespace Broker.Client;

/// <summary>Which errors pass by themselves, as Kafka's clients see it.</summary>
internal static class Retriable
{
    public static bool Is(ErrorCode code) => code is
        ErrorCode.CorruptMessage or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower or ErrorCode.RequestTimedOut
        or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.NotController
        or ErrorCode.KafkaStorageError or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.OffsetNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable
        or ErrorCode.NotCoordinator or ErrorCode.ReplicaNotAvailable or ErrorCode.ThrottlingQuotaExceeded;

    /// <summary>Errors that say that the leader is another one, or that nobody leads.</summary>
    public static bool AsksForMetadata(ErrorCode code) => code is
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.LeaderNotAvailable
        or ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.ReplicaNotAvailable or ErrorCode.KafkaStorageError or ErrorCode.NotController;
}
