using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters list</c></summary>
internal sealed class ListVotersCommand()
    : WatchableCommand(
        "list", "Show who votes on the metadata, who follows, and how far each is", "until it is interrupted")
{
    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        await VoterTable.PrintAsync(client, format, token);
        return false;
    }
}
