using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters list</c></summary>
internal sealed class ListVotersCommand : ClientCommand
{
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ListVotersCommand()
        : base("list", "Show who votes on the metadata, who follows, and how far each is") => Options.Add(_format);

    protected override Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token) =>
        VoterTable.PrintAsync(client, parsed.GetValue(_format), token);
}
