using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Groups;
using Broker.Model;

namespace Broker.Cli.Commands.Groups;

/// <summary><c>broker group list</c>. Ends with 1 where a broker did not tell of its groups.</summary>
internal sealed class ListGroupsCommand : ClientCommand
{
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ListGroupsCommand()
        : base("list", "List all groups, their states and coordinators, as every broker tells of its own") =>
        Options.Add(_format);

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        GroupSurvey survey = await client.Groups.ListAsync(token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new
            {
                Groups = survey.Groups.Select(ForMachines),
                NotTold = survey.Silent.Select(told => new { Broker = told.Key.Value, Why = told.Value }),
            });
        }
        else
        {
            TextTable.Print(["GROUP", "STATE", "PROTOCOL TYPE", "COORDINATOR"], survey.Groups.Select(Row));
        }

        foreach ((BrokerId broker, string why) in survey.Silent)
            await Console.Error.WriteLineAsync($"broker: groups of broker {broker} may be missing: {why}");
        ExitCode = survey.Silent.Count == 0 ? 0 : 1;
    }

    private static object ForMachines(GroupListing group) => new
    {
        group.Id,
        group.State,
        group.ProtocolType,
        Coordinator = group.Coordinator.Value,
    };

    private static string[] Row(GroupListing group) =>
    [
        group.Id,
        group.State,
        group.ProtocolType.Length == 0 ? "-" : group.ProtocolType,
        group.Coordinator.ToString(),
    ];
}
