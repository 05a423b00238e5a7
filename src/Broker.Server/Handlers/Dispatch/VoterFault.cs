using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>The error codes for changes of the metadata voters.</summary>
internal static class VoterFault
{
    /// <summary>Null if cluster and data directory are those that the request means, or it does not say.</summary>
    public static (ErrorCode Code, string? Message)? Of(
        ClusterImage image, string? cluster, BrokerId broker, Guid directory)
    {
        if (cluster is not null && cluster != image.ClusterId.ToString())
            return (ErrorCode.InconsistentClusterId, $"This is cluster {image.ClusterId}.");

        return directory == default
            || (image.Brokers.TryGetValue(broker, out BrokerRegistration? known)
                && known.Incarnation.Value == directory)
                ? null
                : (ErrorCode.InvalidVoterKey, $"Broker {broker} has another data directory, or none that is known.");
    }

    public static (ErrorCode Code, string? Message) Of(VoterOutcome outcome) => outcome.Status switch
    {
        VoterStatus.Done => (ErrorCode.None, null),
        VoterStatus.AlreadyVotes => (ErrorCode.DuplicateVoter, outcome.Message),
        VoterStatus.NoVoter => (ErrorCode.VoterNotFound, outcome.Message),
        VoterStatus.Refused => (ErrorCode.InvalidRequest, outcome.Message),
        _ => (ErrorCode.RequestTimedOut, outcome.Message),
    };
}
