using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters remove ID</c></summary>
internal sealed class RemoveVoterCommand : ClientCommand
{
    private readonly Argument<int> _broker = VotersCommand.Broker("id", "The broker");
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public RemoveVoterCommand()
        : base("remove", "Take a broker's vote, whether it runs or not")
    {
        Arguments.Add(_broker);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        await client.Quorum.RemoveVoterAsync(new BrokerId(parsed.GetRequiredValue(_broker)), token);
        await VoterTable.PrintAsync(client, parsed.GetValue(_format), token);
    }
}
