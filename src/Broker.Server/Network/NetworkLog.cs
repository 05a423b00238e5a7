using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Network;

internal static partial class NetworkLog
{
    [LoggerMessage(1001, LogLevel.Information, "Listener {Name} takes Kafka clients at {Address}.")]
    public static partial void Listening(ILogger logger, string name, HostAndPort address);

    [LoggerMessage(1002, LogLevel.Warning, "The connection from {Address} is closed: {Reason}")]
    public static partial void Closed(ILogger logger, string address, string reason);

    [LoggerMessage(1003, LogLevel.Debug, "The connection from {Address} ended: {Reason}")]
    public static partial void Ended(ILogger logger, string address, string reason);

    [LoggerMessage(1004, LogLevel.Error, "A request of API {Key} from {Address} failed; its connection is closed.")]
    public static partial void RequestFailed(ILogger logger, short key, string address, Exception failure);

    [LoggerMessage(1005, LogLevel.Warning,
        "A connection from {Address} is refused: {Count} are open {Where}, as many as {Key} allows.")]
    public static partial void Refused(ILogger logger, string address, int count, string where, string key);

    [LoggerMessage(1006, LogLevel.Warning, "Listener {Name} could not accept a connection: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string name, string reason);
}
