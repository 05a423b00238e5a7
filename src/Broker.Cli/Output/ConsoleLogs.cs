using Microsoft.Extensions.Logging;

namespace Broker.Cli.Output;

/// <summary>Logs for people: one line each, with the time.</summary>
internal static class ConsoleLogs
{
    public static void Add(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        logging.AddFilter("DotNext", LogLevel.Warning);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        });
    }
}
