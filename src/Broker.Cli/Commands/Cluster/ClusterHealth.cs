using Broker.Cli.Output;
using Broker.Client.Features;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>What is wrong with a cluster, and what is worth a note and is not wrong.</summary>
internal sealed class ClusterHealth
{
    public required IReadOnlyList<Ailment> Ailments { get; init; }

    /// <summary>Not among those that live.</summary>
    public required IReadOnlyList<BrokerId> Down { get; init; }

    /// <summary>Taken for alive by the others, and not answering; with the reason.</summary>
    public required IReadOnlyDictionary<BrokerId, string> Silent { get; init; }

    public required IReadOnlyList<Leaver> Leavers { get; init; }

    /// <summary>Null where somebody does not tell.</summary>
    public required FeatureDescription? Features { get; init; }

    public bool IsHealthy => Ailments.Count == 0 && Down.Count == 0 && Silent.Count == 0;

    private int? NewLevel =>
        Features is { Level: { } level, SupportedByAll: { } newest } && newest > level
            && Features.Brokers.All(broker => broker.Newest is not null) ? newest : null;

    public void Print(OutputFormat format)
    {
        if (format == OutputFormat.Json)
            Json.Print(ForMachines());
        else
            PrintText();
    }

    private object ForMachines() => new
    {
        Healthy = IsHealthy,
        Down = Down.Select(broker => broker.Value),
        Silent = Silent.OrderBy(broker => broker.Key).Select(
            broker => new { Broker = broker.Key.Value, Why = broker.Value }),
        Partitions = Ailments.Select(ailment => ailment.ForMachines()),
        Draining = Leavers,
        Level = Features?.Level,
        LevelToFinalize = NewLevel,
    };

    private void PrintText()
    {
        foreach (BrokerId broker in Down)
            Console.WriteLine($"broker {broker} is down");
        foreach ((BrokerId broker, string why) in Silent.OrderBy(broker => broker.Key))
            Console.WriteLine($"broker {broker} does not answer: {why}");
        foreach (Leaver leaver in Leavers)
            Console.WriteLine($"broker {leaver.Broker} is being drained and has {leaver.ReplicasLeft} replicas left");
        if (NewLevel is { } level)
        {
            Console.WriteLine(
                $"note: all brokers support feature level {level}, the cluster is at {Features!.Level}: "
                + "broker cluster finalize raises it");
        }

        if (IsHealthy)
            Console.WriteLine("healthy: every partition has a leader, all replicas are in sync");
        else if (Ailments.Count > 0)
            TextTable.Print(Ailment.Columns, Ailments.Select(ailment => ailment.Row()));
    }
}
