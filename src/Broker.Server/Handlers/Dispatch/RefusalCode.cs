using Broker.Metadata;
using Broker.Protocol;
using Broker.Server.Controller;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>What a client is told of the controller's answer.</summary>
internal static class RefusalCode
{
    public static (ErrorCode Code, string? Message) Of(TopicAnswer answer) => Of(answer.Fault, answer.Refusal);

    public static (ErrorCode Code, string? Message) Of(ControllerFault fault, Refusal? refusal) => fault switch
    {
        ControllerFault.None => (ErrorCode.None, null),
        ControllerFault.Refused => (Of(refusal!.Reason), refusal.Message),
        ControllerFault.TimedOut => (
            ErrorCode.RequestTimedOut, "It is decided, but was not in effect everywhere before the timeout."),
        _ => (ErrorCode.RequestTimedOut, "The metadata group has no leader that could be asked."),
    };

    public static ErrorCode Of(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidTopicName => ErrorCode.InvalidTopicException,
        RefusalReason.TopicAlreadyExists => ErrorCode.TopicAlreadyExists,
        RefusalReason.UnknownTopic => ErrorCode.UnknownTopicOrPartition,
        RefusalReason.UnknownTopicId => ErrorCode.UnknownTopicId,
        RefusalReason.InvalidPartitions => ErrorCode.InvalidPartitions,
        RefusalReason.InvalidReplicationFactor => ErrorCode.InvalidReplicationFactor,
        RefusalReason.InvalidReplicaAssignment => ErrorCode.InvalidReplicaAssignment,
        RefusalReason.InvalidConfig => ErrorCode.InvalidConfig,
        RefusalReason.InternalTopic => ErrorCode.InvalidTopicException,
        RefusalReason.InvalidRequest => ErrorCode.InvalidRequest,
        RefusalReason.NoReassignmentInProgress => ErrorCode.NoReassignmentInProgress,
        RefusalReason.NoRoom => ErrorCode.InvalidConfig,
        RefusalReason.LevelTooOld => ErrorCode.UnsupportedVersion,
        RefusalReason.UnsupportedLevel or RefusalReason.InvalidLevel => ErrorCode.InvalidUpdateVersion,
        _ => ErrorCode.UnknownServerError,
    };
}
