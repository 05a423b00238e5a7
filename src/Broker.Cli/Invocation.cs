using System.CommandLine;
using Broker.Client;
using Broker.Server;
using Broker.Server.Configuration;
using Broker.Server.Network;

namespace Broker.Cli;

/// <summary>
/// Runs a command and turns what goes wrong into one line that says what, and an exit code: 1 for a failure, 2 for a
/// command line that makes no sense.
/// </summary>
internal static class Invocation
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Interrupted = 130;

    // An orderly stop of a broker hands over what it leads and flushes: it gets the time for that.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        try
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopLimit,
            });
            return parsed.Errors.Count > 0 ? Misused : code;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception e) when (e is UsageException or FormatException or ArgumentException or ConfigurationException)
        {
            return Report(e, Misused);
        }
        catch (Exception e) when (
            e is RequestException or IOException or UnauthorizedAccessException or ListenerException
                or RefusedByClusterException)
        {
            return Report(e, Failed);
        }
    }

    private static int Report(Exception e, int code)
    {
        Console.Error.WriteLine($"broker: {e.Message}");
        return code;
    }
}
