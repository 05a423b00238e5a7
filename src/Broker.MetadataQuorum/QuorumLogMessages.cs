using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.MetadataQuorum;

/// <summary>What an operator hears of the metadata group.</summary>
internal static partial class QuorumLogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Leads the metadata group in term {Term}")]
    public static partial void Leads(this ILogger log, long term);

    [LoggerMessage(2, LogLevel.Information, "Leads the metadata group no more; its term was {Term}")]
    public static partial void LeadsNoMore(this ILogger log, long term);

    [LoggerMessage(3, LogLevel.Information, "Founded cluster {Cluster}")]
    public static partial void ClusterFounded(this ILogger log, ClusterId cluster);

    [LoggerMessage(4, LogLevel.Debug, "A proposal was refused, since the image moved: {Reason}")]
    public static partial void ProposalConflicts(this ILogger log, string reason);

    [LoggerMessage(5, LogLevel.Critical, "The metadata log can't go on; the broker must stop")]
    public static partial void Failed(this ILogger log, Exception reason);

    [LoggerMessage(6, LogLevel.Information, "Votes in the metadata group; voters are {Voters}, entry {Index} applied")]
    public static partial void Votes(this ILogger log, string voters, long index);

    [LoggerMessage(7, LogLevel.Information, "Follows the metadata group without a vote")]
    public static partial void Follows(this ILogger log);

    [LoggerMessage(8, LogLevel.Warning,
        "The configured metadata voters are {Configured}; the log's are {InForce}, and these count")]
    public static partial void VotersDiffer(this ILogger log, string configured, string inForce);

    [LoggerMessage(9, LogLevel.Error,
        "This broker was a metadata voter, but {Reason}: it has no vote until it is removed and added again")]
    public static partial void VoteLost(this ILogger log, string reason);

    [LoggerMessage(10, LogLevel.Warning,
        "Broker {Peer} says that the cluster was founded without this data directory: follows without a vote")]
    public static partial void FoundedWithout(this ILogger log, BrokerId peer);

    [LoggerMessage(11, LogLevel.Information,
        "Waits for all metadata voters, to found the cluster: no answer from {Missing}")]
    public static partial void WaitsForFounders(this ILogger log, string missing);

    [LoggerMessage(13, LogLevel.Information, "The metadata voters were {Before} and are {Now} now")]
    public static partial void VotersChanged(this ILogger log, string before, string now);

    [LoggerMessage(14, LogLevel.Information, "Is getting ready for a place beside the metadata voters {Voters}")]
    public static partial void Prepared(this ILogger log, string voters);

    [LoggerMessage(15, LogLevel.Warning,
        "Was removed from the metadata voters, which are {Voters} now: deletes its log and follows without a vote")]
    public static partial void Left(this ILogger log, string voters);

    [LoggerMessage(12, LogLevel.Warning, "Broker {Peer} sent a message about metadata that can't be read")]
    public static partial void Unreadable(this ILogger log, BrokerId peer, Exception reason);
}
