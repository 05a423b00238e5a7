using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Groups;

/// <summary><c>broker group delete GROUP</c></summary>
internal sealed class DeleteGroupCommand : ClientCommand
{
    private readonly Argument<string> _group = CommonOptions.Group();
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DeleteGroupCommand()
        : base("delete", "Delete a group that has no members, with its committed offsets")
    {
        Arguments.Add(_group);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string group = parsed.GetRequiredValue(_group);
        await client.Groups.DeleteAsync(group, token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
            Json.Print(new { Deleted = group });
        else
            Console.WriteLine($"deleted group '{group}'");
    }
}
