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
}
