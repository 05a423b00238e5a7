using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic describe</c></summary>
internal sealed class DescribeTopicCommand : ClientCommand
{
    private readonly Argument<string> _topic = CommonOptions.Topic();
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DescribeTopicCommand()
        : base("describe", "Show a topic's partitions, leaders, replicas and settings")
    {
        Arguments.Add(_topic);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string name = parsed.GetRequiredValue(_topic);
        TopicDescription topic = await client.Admin.DescribeTopicAsync(name, token);
        IReadOnlyDictionary<string, string?> configs = await client.Admin.DescribeTopicConfigsAsync(name, token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new
            {
                topic.Name,
                Id = topic.Id.ToString(),
                Configs = configs,
                Partitions = topic.Partitions.Select(ForMachines),
            });
            return;
        }

        string settings = string.Join(", ", configs.Select(config => $"{config.Key}={config.Value}"));
        Console.WriteLine($"topic {topic.Name}  id {topic.Id}");
        Console.WriteLine($"configs  {(configs.Count == 0 ? "(defaults)" : settings)}");
        TextTable.Print(
            ["PARTITION", "LEADER", "EPOCH", "REPLICAS", "IN SYNC", "OFFLINE"],
            topic.Partitions.Select(Row));
    }

    private static object ForMachines(PartitionDescription partition) => new
    {
        partition.Index,
        Leader = partition.Leader.Value,
        LeaderEpoch = partition.LeaderEpoch.Value,
        Replicas = partition.Replicas.Select(replica => replica.Value),
        InSync = partition.InSync.Select(replica => replica.Value),
        Offline = partition.Offline.Select(replica => replica.Value),
    };

    private static string[] Row(PartitionDescription partition) =>
    [
        partition.Index.ToString(CultureInfo.InvariantCulture),
        partition.Leader == BrokerId.None ? "none" : partition.Leader.ToString(),
        partition.LeaderEpoch.ToString(),
        string.Join(',', partition.Replicas),
        string.Join(',', partition.InSync),
        string.Join(',', partition.Offline),
    ];
}
