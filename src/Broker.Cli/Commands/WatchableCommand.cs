using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands;

/// <summary>
/// A command that shows how something is: once, or, to be watched, again every second until there is nothing more to
/// wait for.
/// </summary>
internal abstract class WatchableCommand : ClientCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly Option<bool> _watch;

    /// <param name="until">How the watch ends, in words: <c>until nothing moves</c>.</param>
    protected WatchableCommand(string name, string description, string until)
        : base(name, description)
    {
        _watch = new Option<bool>("--watch", "-w") { Description = $"Show it again every second, {until}" };
        Options.Add(_watch);
        Options.Add(_format);
    }

    /// <summary>True: what was watched for has come.</summary>
    protected abstract Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token);

    protected sealed override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        while (!await ShowAsync(client, parsed, parsed.GetValue(_format), token) && parsed.GetValue(_watch))
            await Task.Delay(Pause, token);
    }
}
