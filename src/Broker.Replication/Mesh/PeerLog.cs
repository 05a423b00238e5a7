using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>What is logged about connections between brokers.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(3001, LogLevel.Information, "Listening for peers on {Address}")]
    public static partial void Listening(this ILogger log, HostAndPort address);

    [LoggerMessage(3002, LogLevel.Information, "Connected to {Peer} at {Address}")]
    public static partial void Connected(this ILogger log, PeerIdentity peer, HostAndPort address);

    [LoggerMessage(3003, LogLevel.Information, "Lost the connection to {Peer}: {Reason}")]
    public static partial void Disconnected(this ILogger log, PeerIdentity peer, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "The process of broker {Broker} is gone (process {Process})")]
    public static partial void ProcessGone(this ILogger log, BrokerId broker, ProcessIncarnation process);

    [LoggerMessage(3005, LogLevel.Warning, "Refused {Peer} at {Address}: {Reason}")]
    public static partial void Refused(this ILogger log, PeerIdentity peer, string address, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Refused by broker {Broker} at {Address}: {Reason}")]
    public static partial void RefusedBy(this ILogger log, BrokerId broker, HostAndPort address, string reason);

    [LoggerMessage(3007, LogLevel.Information, "Cannot reach broker {Broker} at {Address}: {Reason}")]
    public static partial void Unreachable(this ILogger log, BrokerId broker, HostAndPort address, string reason);

    [LoggerMessage(3008, LogLevel.Warning, "Closed the peer connection from {Address}: {Reason}")]
    public static partial void BadConnection(this ILogger log, string address, string reason);

    [LoggerMessage(3009, LogLevel.Error, "The handler of call {Method} from broker {Broker} failed")]
    public static partial void HandlerFailed(this ILogger log, PeerMethod method, BrokerId broker, Exception failure);

    [LoggerMessage(3010, LogLevel.Warning, "No answer from broker {Broker} for {Silence}: connecting again")]
    public static partial void Silent(this ILogger log, BrokerId broker, TimeSpan silence);
}
