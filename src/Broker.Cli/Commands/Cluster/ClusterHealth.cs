using Broker.Cli.Output;
using Broker.Client.Features;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

// Three levels, each with an exit code of its own, for scripts:
//   0 healthy
//   1 something is wrong: a broker that has replicas is down or silent, a partition lacks something, or nobody leads
//     the metadata group. Much of it passes by itself, and --watch waits for that
//   3 nothing is wrong with any partition, but a voter of the metadata group is down, and has no replicas that could be
//     waited for: the next one may be one too many. That does not pass by itself, so --watch ends. (2 is a command
//     line that makes no sense.)

/// <summary>What is wrong with a cluster, what somebody has to see to, and what is worth a note.</summary>
internal sealed class ClusterHealth
{
    private const int Healthy = 0;
    private const int Wrong = 1;
    private const int Warned = 3;

    public required IReadOnlyList<Ailment> Ailments { get; init; }

    /// <summary>Have replicas, and are not among those that live.</summary>
    public required IReadOnlyList<BrokerId> Down { get; init; }

    /// <summary>Vote on the metadata, and are not among those that live.</summary>
    public required IReadOnlyList<BrokerId> VotersDown { get; init; }

    /// <summary>Why nobody tells who votes on the metadata; null if somebody does.</summary>
    public required string? QuorumSilent { get; init; }

    /// <summary>Taken for alive by the others, and not answering; with the reason.</summary>
    public required IReadOnlyDictionary<BrokerId, string> Silent { get; init; }

    public required IReadOnlyList<Leaver> Leavers { get; init; }

    /// <summary>Null where somebody does not tell.</summary>
    public required FeatureDescription? Features { get; init; }

    /// <summary>Only somebody can change what is left.</summary>
    public bool IsSettled => ExitCode != Wrong;

    public int ExitCode =>
        Ailments.Count > 0 || Down.Count > 0 || Silent.Count > 0 || QuorumSilent is not null ? Wrong
        : VotersDown.Count > 0 ? Warned
        : Healthy;

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
        Healthy = ExitCode == Healthy,
        Down = Down.Select(broker => broker.Value),
        VotersDown = VotersDown.Select(broker => broker.Value),
        QuorumSilent,
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
        if (QuorumSilent is not null)
        {
            Console.WriteLine(
                $"the metadata group does not answer, and nothing can be created or moved: {QuorumSilent}");
        }

        foreach (BrokerId voter in VotersDown)
        {
            Console.WriteLine(
                $"warning: broker {voter}, which votes on the metadata, is down: start it, or take its vote (broker "
                + $"cluster voters remove {voter}) and give it to another one (broker cluster voters add ID)");
        }

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

        if (ExitCode == Healthy)
            Console.WriteLine("healthy: every partition has a leader, all replicas are in sync");
        else if (ExitCode == Warned)
            Console.WriteLine("every partition has a leader, all replicas are in sync; see to the warning");
        else if (Ailments.Count > 0)
            TextTable.Print(Ailment.Columns, Ailments.Select(ailment => ailment.Row()));
    }
}
