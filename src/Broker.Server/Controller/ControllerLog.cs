using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Controller;

internal static partial class ControllerLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Broker {Broker} is gone or silent: it is fenced.")]
    public static partial void Fenced(ILogger logger, BrokerId broker);

    [LoggerMessage(2002, LogLevel.Information, "Registered as broker {Broker} at metadata index {Index}.")]
    public static partial void Registered(ILogger logger, BrokerId broker, long index);

    [LoggerMessage(2003, LogLevel.Error, "The cluster refuses this broker: {Message}")]
    public static partial void RegistrationRefused(ILogger logger, string message);

    [LoggerMessage(2004, LogLevel.Warning, "A request to the metadata leader (broker {Leader}) failed: {Reason}")]
    public static partial void CallFailed(ILogger logger, BrokerId leader, string reason);

    [LoggerMessage(
        2005,
        LogLevel.Warning,
        "Broker {Brokers} is gone for {Delay}: replicas of {Count} partitions are rebuilt elsewhere, {First} first.")]
    public static partial void Rebuilds(ILogger logger, string brokers, TimeSpan delay, int count, string first);

    [LoggerMessage(
        2006,
        LogLevel.Warning,
        "Replicas on broker {Brokers}, which is gone, can't be rebuilt: of {Count} partitions ({First} for one) every "
        + "broker that lives has a replica already. Start another broker, or that one.")]
    public static partial void NoRoomToRebuild(ILogger logger, string brokers, int count, string first);

    [LoggerMessage(
        2007,
        LogLevel.Error,
        "Replicas on broker {Brokers}, which is gone, can't be rebuilt: of {Count} partitions ({First} for one) no "
        + "majority of the replicas lives. Start one of their brokers again.")]
    public static partial void NoMajorityToRebuild(ILogger logger, string brokers, int count, string first);

    [LoggerMessage(
        2008,
        LogLevel.Warning,
        "Replicas on broker {Brokers}, which is gone, can't be rebuilt: of {Count} partitions ({First} for one) no "
        + "broker that could take a replica has that much room on its disk. Make room, start another broker, or that "
        + "one.")]
    public static partial void DisksFullToRebuild(ILogger logger, string brokers, int count, string first);
}
