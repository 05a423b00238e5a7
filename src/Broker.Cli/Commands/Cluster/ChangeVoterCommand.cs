using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Voters;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters add ID</c> and <c>broker cluster voters remove ID</c></summary>
internal sealed class ChangeVoterCommand : ClientCommand
{
    private readonly Func<QuorumClient, BrokerId, CancellationToken, Task> _change;
    private readonly Argument<int> _broker = VotersCommand.Broker("id", "The broker");
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ChangeVoterCommand(
        string name, string description, Func<QuorumClient, BrokerId, CancellationToken, Task> change)
        : base(name, description)
    {
        _change = change;
        Arguments.Add(_broker);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        await _change(client.Quorum, new BrokerId(parsed.GetRequiredValue(_broker)), token);
        await VoterTable.PrintAsync(client, parsed.GetValue(_format), token);
    }
}
