using System.CommandLine;
using Broker.Client;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic delete</c></summary>
internal sealed class DeleteTopicCommand : ClientCommand
{
    private readonly Argument<string> _topic = CommonOptions.Topic();

    public DeleteTopicCommand()
        : base("delete", "Delete a topic with all its records") => Arguments.Add(_topic);

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string name = parsed.GetRequiredValue(_topic);
        await client.Admin.DeleteTopicAsync(name, token);
        Console.WriteLine($"deleted topic '{name}'");
    }
}
