using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Node;

internal static partial class NodeLog
{
    [LoggerMessage(2301, LogLevel.Information, "Broker {Broker} joins the metadata group.")]
    public static partial void JoiningMetadata(ILogger logger, BrokerId broker);

    [LoggerMessage(2302, LogLevel.Information, "Broker {Broker} is part of cluster {Cluster}.")]
    public static partial void Joined(ILogger logger, BrokerId broker, ClusterId cluster);

    [LoggerMessage(2303, LogLevel.Information, "Waiting for a metadata leader: a majority of the voters must be up.")]
    public static partial void WaitsForMetadataLeader(ILogger logger);

    [LoggerMessage(2304, LogLevel.Information, "Broker {Broker} is ready with {Partitions} replicas.")]
    public static partial void Ready(ILogger logger, BrokerId broker, int partitions);

    [LoggerMessage(2305, LogLevel.Information, "Broker {Broker} stops: handing over what it leads.")]
    public static partial void Stopping(ILogger logger, BrokerId broker);

    [LoggerMessage(2306, LogLevel.Warning, "Nobody took the metadata group's leadership over in time.")]
    public static partial void NotResigned(ILogger logger);

    [LoggerMessage(2307, LogLevel.Information, "Broker {Broker} has stopped.")]
    public static partial void Stopped(ILogger logger, BrokerId broker);

    [LoggerMessage(2308, LogLevel.Information, "No other metadata voter is up: leaving without a good-bye.")]
    public static partial void LeftAlone(ILogger logger);

    [LoggerMessage(2309, LogLevel.Error,
        "Votes are lost: {Reason}. This broker goes on as incarnation {Incarnation}, and its replicas abstain until "
        + "their groups have taken them in again. Set aside: {Kept}")]
    public static partial void VotesLost(ILogger logger, string reason, Incarnation incarnation, string kept);
}
