using System.CommandLine;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic create</c></summary>
internal sealed class CreateTopicCommand : ClientCommand
{
    private readonly Argument<string> _topic = CommonOptions.Topic();
    private readonly Option<int?> _partitions = new("--partitions", "-p")
    {
        Description = "Default: the cluster's num.partitions",
    };

    private readonly Option<short?> _replication = new("--replication-factor", "-r")
    {
        Description = "Default: the cluster's default.replication.factor",
    };

    private readonly Option<string[]> _configs = new("--config", "-c")
    {
        Description = "name=value; may be given several times",
    };

    public CreateTopicCommand()
        : base("create", "Create a topic and wait until its partitions have leaders")
    {
        Arguments.Add(_topic);
        Options.Add(_partitions);
        Options.Add(_replication);
        Options.Add(_configs);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string name = parsed.GetRequiredValue(_topic);
        TopicSettings settings = new()
        {
            Partitions = parsed.GetValue(_partitions),
            ReplicationFactor = parsed.GetValue(_replication),
            Configs = CommonOptions.Pairs(parsed.GetValue(_configs) ?? [], "--config"),
        };
        TopicId id = await client.Admin.CreateTopicAsync(name, settings, token);
        Console.WriteLine($"created topic '{name}' ({id})");
    }
}
