using System.CommandLine;
using Broker.Cli.Output;
using Microsoft.Extensions.Logging;

namespace Broker.Cli.Commands.Dev;

/// <summary><c>broker dev</c>: a whole cluster in this process, to try things with.</summary>
internal sealed class DevCommand : Command
{
    private readonly Option<int> _port = new("--port")
    {
        Description = "The first broker's port for clients; the others take the two behind it",
        DefaultValueFactory = _ => 9092,
    };

    private readonly Option<DirectoryInfo?> _data = new("--data")
    {
        Description = "Where to keep the data; without it a temporary directory that is removed at the end",
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log more than warnings" };

    public DevCommand()
        : base("dev", "Run three brokers in this process, for trying things out")
    {
        Options.Add(_port);
        Options.Add(_data);
        Options.Add(_verbose);
        SetAction((parsed, stop) => RunAsync(parsed, stop));
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken stop)
    {
        LogLevel level = parsed.GetValue(_verbose) ? LogLevel.Information : LogLevel.Warning;
        using ILoggerFactory loggers = LoggerFactory.Create(logging => ConsoleLogs.Add(logging, level));
        using var directory = DevDirectory.Open(parsed.GetValue(_data));
        try
        {
            await new DevCluster(parsed.GetValue(_port), directory.Path, loggers).RunAsync(DevBanner.Show, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl-C before all were up.
        }
    }
}
