using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster status</c></summary>
internal sealed class ClusterStatusCommand()
    : WatchableCommand(
        "status",
        "Show brokers, the metadata leader, and how many partitions lack a leader or replicas",
        "until it is interrupted")
{
    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        ClusterDescription cluster = await client.Admin.DescribeClusterAsync(token);
        IReadOnlySet<BrokerId> draining = await client.Draining.FindAsync(cluster.Brokers, token);
        IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
        PartitionDescription[] partitions = [.. topics.SelectMany(topic => topic.Partitions)];
        int leaderless = partitions.Count(partition => partition.Leader == BrokerId.None);
        int underReplicated = partitions.Count(partition => partition.InSync.Count < partition.Replicas.Count);
        if (format == OutputFormat.Json)
        {
            Json.Print(new
            {
                cluster.ClusterId,
                MetadataLeader = cluster.Controller.Value,
                Brokers = cluster.Brokers.Select(
                    broker => ForMachines(broker, partitions, draining.Contains(broker.Id))),
                Topics = topics.Count,
                Partitions = partitions.Length,
                Leaderless = leaderless,
                UnderReplicated = underReplicated,
            });
            return false;
        }

        Console.WriteLine($"cluster {cluster.ClusterId}");
        TextTable.Print(
            ["BROKER", "ADDRESS", "RACK", "LEADS", "REPLICAS", ""],
            cluster.Brokers.Select(broker => Row(
                broker, partitions, State(broker.Id, cluster.Controller, draining.Contains(broker.Id)))));
        Console.WriteLine(
            $"{topics.Count} topics, {partitions.Length} partitions: "
            + $"{leaderless} without a leader, {underReplicated} under-replicated");
        return false;
    }

    private static object ForMachines(
        BrokerDescription broker, PartitionDescription[] partitions, bool isDraining) => new
        {
            Id = broker.Id.Value,
            Address = broker.Address.ToString(),
            broker.Rack,
            Leads = Leads(broker, partitions),
            Replicas = Replicas(broker, partitions),
            Draining = isDraining,
        };

    private static string[] Row(BrokerDescription broker, PartitionDescription[] partitions, string state) =>
    [
        broker.Id.ToString(),
        broker.Address.ToString(),
        broker.Rack ?? "-",
        Leads(broker, partitions).ToString(CultureInfo.InvariantCulture),
        Replicas(broker, partitions).ToString(CultureInfo.InvariantCulture),
        state,
    ];

    private static string State(BrokerId broker, BrokerId metadataLeader, bool isDraining) => string.Join(
        ", ",
        new[] { broker == metadataLeader ? "metadata leader" : "", isDraining ? "is being drained" : "" }
            .Where(each => each.Length > 0));

    private static int Leads(BrokerDescription broker, PartitionDescription[] partitions) =>
        partitions.Count(partition => partition.Leader == broker.Id);

    private static int Replicas(BrokerDescription broker, PartitionDescription[] partitions) =>
        partitions.Count(partition => partition.Replicas.Contains(broker.Id));
}
