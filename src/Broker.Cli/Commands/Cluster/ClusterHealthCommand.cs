using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster health</c>: ends with 1 where something is wrong, for scripts.</summary>
internal sealed class ClusterHealthCommand()
    : WatchableCommand(
        "health", "Name the partitions without a leader or with replicas that are not in sync", "until all is well")
{
    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
        Ailment[] ailments = [.. topics.SelectMany(topic => topic.Partitions
            .Select(partition => new Ailment(topic.Name, partition)).Where(ailment => ailment.IsOne))];
        Print(ailments, await LeaversAsync(client, topics, token), format);
        ExitCode = ailments.Length == 0 ? 0 : 1;
        return ailments.Length == 0;
    }

    private static async Task<IReadOnlyList<Leaver>> LeaversAsync(
        BrokerClient client, IReadOnlyList<TopicDescription> topics, CancellationToken token)
    {
        IReadOnlyList<BrokerDescription> brokers = (await client.Admin.DescribeClusterAsync(token)).Brokers;
        return
        [
            .. (await client.Draining.FindAsync(brokers, token)).Order().Select(broker => new Leaver(
                broker.Value,
                topics.Sum(topic => topic.Partitions.Count(partition => partition.Replicas.Contains(broker))))),
        ];
    }

    private static void Print(Ailment[] ailments, IReadOnlyList<Leaver> leavers, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Json.Print(new
            {
                Healthy = ailments.Length == 0,
                Partitions = ailments.Select(ailment => ailment.ForMachines()),
                Draining = leavers,
            });
            return;
        }

        foreach (Leaver leaver in leavers)
            Console.WriteLine($"broker {leaver.Broker} is being drained and has {leaver.ReplicasLeft} replicas left");
        if (ailments.Length == 0)
            Console.WriteLine("healthy: every partition has a leader, all replicas are in sync");
        else
            TextTable.Print(["PARTITION", "LEADER", "NOT IN SYNC", "DOWN"], ailments.Select(ailment => ailment.Row()));
    }

    /// <summary>A broker that is to leave: no ailment, but of interest to who looks.</summary>
    private sealed record Leaver(int Broker, int ReplicasLeft);

    /// <summary>What a partition lacks.</summary>
    private sealed record Ailment(string Topic, PartitionDescription Partition)
    {
        public bool IsOne => Partition.Leader == BrokerId.None || Behind.Length > 0;

        private BrokerId[] Behind => [.. Partition.Replicas.Where(replica => !Partition.InSync.Contains(replica))];

        public object ForMachines() => new
        {
            Topic,
            Partition = Partition.Index,
            Leader = Partition.Leader.Value,
            NotInSync = Behind.Select(broker => broker.Value),
            Down = Partition.Offline.Select(broker => broker.Value),
        };

        public string[] Row() =>
        [
            $"{Topic}/{Partition.Index}",
            Partition.Leader == BrokerId.None ? "none" : Partition.Leader.ToString(),
            string.Join(',', Behind),
            string.Join(',', Partition.Offline),
        ];
    }
}
