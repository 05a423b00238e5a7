using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster reassignments</c></summary>
internal sealed class ReassignmentsCommand : WatchableCommand
{
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Of this topic alone" };

    public ReassignmentsCommand()
        : base("reassignments", "Show which replicas are being moved, and how far they are", "until nothing moves") =>
        Options.Add(_topic);

    protected override async Task<bool> ShowAsync(
        BrokerClient client, ParseResult parsed, OutputFormat format, CancellationToken token)
    {
        string? topic = parsed.GetValue(_topic);
        ReassignmentDescription[] moves =
        [
            .. (await client.Admin.ListReassignmentsAsync(token)).Where(
                move => topic is null || move.Topic == topic),
        ];
        IReadOnlyList<TopicDescription> topics = moves.Length == 0 ? [] : await client.Admin.ListTopicsAsync(token);
        Print([.. moves.Select(move => new Progress(move, Find(topics, move)))], format);
        return moves.Length == 0;
    }

    private static void Print(IReadOnlyList<Progress> moves, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Json.Print(moves.Select(move => move.ForMachines()));
            return;
        }

        if (moves.Count == 0)
        {
            Console.WriteLine("no replica is being moved");
            return;
        }

        TextTable.Print(
            ["PARTITION", "LEADER", "REPLICAS", "ADDING", "REMOVING", ""], moves.Select(move => move.Row()));
    }

    private static PartitionDescription? Find(
        IReadOnlyList<TopicDescription> topics, ReassignmentDescription move) => topics
            .FirstOrDefault(topic => topic.Name == move.Topic)?.Partitions
            .FirstOrDefault(partition => partition.Index == move.Partition);

    /// <summary>A move and, where it is known, the partition as it is now.</summary>
    private sealed record Progress(ReassignmentDescription Move, PartitionDescription? Partition)
    {
        private IReadOnlyList<BrokerId> Filling =>
            [.. Move.Adding.Where(replica => Partition?.InSync.Contains(replica) != true)];

        private IReadOnlyList<BrokerId> Dead =>
            [.. Move.Adding.Where(replica => Partition?.Offline.Contains(replica) == true)];

        private string State =>
            Dead.Count > 0 ? $"waits for broker {List(Dead)}, which is not there"
            : Filling.Count > 0 ? $"fills {List(Filling)}"
            : "goes over to its new replicas";

        public object ForMachines() => new
        {
            Move.Topic,
            Move.Partition,
            Leader = Partition?.Leader.Value,
            Replicas = Move.Replicas.Select(id => id.Value),
            Adding = Move.Adding.Select(id => id.Value),
            Removing = Move.Removing.Select(id => id.Value),
            Filling = Filling.Select(id => id.Value),
            State,
        };

        public string[] Row() =>
        [
            string.Create(CultureInfo.InvariantCulture, $"{Move.Topic}/{Move.Partition}"),
            Partition is null || Partition.Leader == BrokerId.None ? "-" : Partition.Leader.ToString(),
            List(Move.Replicas),
            List(Move.Adding),
            List(Move.Removing),
            State,
        ];

        private static string List(IReadOnlyList<BrokerId> ids) => ids.Count == 0 ? "-" : string.Join(',', ids);
    }
}
