using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic list</c></summary>
internal sealed class ListTopicsCommand : ClientCommand
{
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ListTopicsCommand()
        : base("list", "List all topics") => Options.Add(_format);

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(topics.Select(ForMachines));
            return;
        }

        TextTable.Print(["TOPIC", "PARTITIONS", "REPLICATION", "ID"], topics.Select(Row));
    }

    private static object ForMachines(TopicDescription topic) => new
    {
        topic.Name,
        Id = topic.Id.ToString(),
        Partitions = topic.Partitions.Count,
    };

    private static string[] Row(TopicDescription topic) =>
    [
        topic.Name,
        topic.Partitions.Count.ToString(CultureInfo.InvariantCulture),
        topic.Partitions.Max(partition => partition.Replicas.Count).ToString(CultureInfo.InvariantCulture),
        topic.Id.ToString(),
    ];
}
