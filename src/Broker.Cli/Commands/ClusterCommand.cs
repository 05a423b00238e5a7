using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands;

/// <summary><c>broker cluster status</c></summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Look at the cluster") { Status() };

    private static Command Status()
    {
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<OutputFormat> format = CommonOptions.Format();
        Command command = new("status", "Show brokers, the metadata leader, and partitions without a leader or in-sync replicas")
        {
            bootstrap, format,
        };
        command.SetAction(async (parsed, token) =>
        {
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            ClusterDescription cluster = await client.Admin.DescribeClusterAsync(token);
            IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
            PartitionDescription[] partitions = [.. topics.SelectMany(topic => topic.Partitions)];
            int leaderless = partitions.Count(partition => partition.Leader == BrokerId.None);
            int underReplicated = partitions.Count(partition => partition.InSync.Count < partition.Replicas.Count);
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                Json.Print(new
                {
                    cluster.ClusterId,
                    MetadataLeader = cluster.Controller.Value,
                    Brokers = cluster.Brokers.Select(broker => new { Id = broker.Id.Value, Address = broker.Address.ToString(), broker.Rack, Leads = Leads(partitions, broker) }),
                    Topics = topics.Count,
                    Partitions = partitions.Length,
                    Leaderless = leaderless,
                    UnderReplicated = underReplicated,
                });
                return;
            }

            Console.WriteLine($"cluster {cluster.ClusterId}");
            TextTable.Print(
                ["BROKER", "ADDRESS", "RACK", "LEADS", ""],
                cluster.Brokers.Select(broker => new[]
                {
                    broker.Id.ToString(),
                    broker.Address.ToString(),
                    broker.Rack ?? "-",
                    Leads(partitions, broker).ToString(CultureInfo.InvariantCulture),
                    broker.Id == cluster.Controller ? "metadata leader" : "",
                }));
            Console.WriteLine(
                $"{topics.Count} topics, {partitions.Length} partitions: {leaderless} without a leader, {underReplicated} under-replicated");
        });
        return command;
    }

    private static int Leads(PartitionDescription[] partitions, BrokerDescription broker) =>
        partitions.Count(partition => partition.Leader == broker.Id);
}
