using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters add ID</c></summary>
internal sealed class AddVoterCommand : ClientCommand
{
    private readonly Argument<int> _broker = VotersCommand.Broker("id", "The broker");
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public AddVoterCommand()
        : base("add", "Let a running broker vote, after its log has caught up")
    {
        Arguments.Add(_broker);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        await client.Quorum.AddVoterAsync(new BrokerId(parsed.GetRequiredValue(_broker)), token);
        await VoterTable.PrintAsync(client, parsed.GetValue(_format), token);
    }
}
