using System.Globalization;
using Broker.Cli.Output;
using Broker.Client.Moving;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// What <c>broker cluster rebalance</c> says: what is to be done, how far it is, and what stays uneven.
/// </summary>
internal sealed class RebalanceReport(RebalancePlan plan, ClusterLayout layout)
{
    public RebalancePlan Plan => plan;

    private string What => layout.AreSizesKnown
        ? "replicas, bytes and preferred leaders"
        : "replicas and preferred leaders";

    private IEnumerable<string> Notes =>
    [
        .. plan.Uneven.Select(Explain),
        .. layout.Disks.Silent.OrderBy(broker => broker.Key).Select(
            broker => $"bytes are not looked at, since broker {broker.Key} does not tell them: {broker.Value}"),
    ];

    public void Print(OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Json.Print(ForMachines());
            return;
        }

        if (plan.Moves.Count == 0)
            Console.WriteLine($"nothing to do: {What} are as even as they get");
        foreach (ReplicaMove move in plan.Moves)
            Console.WriteLine($"{move.Topic}/{move.Partition} would be on {string.Join(',', move.Replicas)}");
        TextTable.Print(
            ["BROKER", "REPLICAS", "THEN", "BYTES", "THEN", "LEADS", "THEN"],
            plan.Before.Zip(plan.After, (before, after) => new[]
            {
                before.Broker.ToString(),
                Text(before.Replicas),
                Text(after.Replicas),
                Size(before),
                Size(after),
                Text(before.Leads),
                Text(after.Leads),
            }));
        WriteNotes();
    }

    /// <summary>While it is done, and at the end.</summary>
    public void Tell(int left, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Console.WriteLine(Json.Line(new { Partitions = plan.Moves.Count, PartitionsLeft = left }));
            return;
        }

        if (left > 0)
        {
            Console.WriteLine($"{left} of {plan.Moves.Count} partitions are left");
            return;
        }

        Console.WriteLine(plan.Moves.Count == 0
            ? $"nothing to do: {What} are as even as they get"
            : $"{What} are as even as they get: {plan.Moves.Count} partitions were changed");
        WriteNotes();
    }

    private static string Explain(UnevenBroker uneven)
    {
        string size = $"broker {uneven.Broker} would have {ByteText.Of(uneven.Bytes)} where the mean is "
            + ByteText.Of(uneven.Mean);
        return uneven.Largest is { } largest
            ? $"{size}: {largest.Topic}/{largest.Partition} alone takes {ByteText.Of(uneven.LargestBytes)}, too much "
                + "to be shared out evenly"
            : $"{size}: racks, full disks, or replicas that stay or move already, leave nothing better";
    }

    private object ForMachines() => new
    {
        Moves = plan.Moves.Select(move => new
        {
            move.Topic,
            move.Partition,
            Replicas = move.Replicas.Select(replica => replica.Value),
        }),
        Before = plan.Before.Select(ForMachines),
        After = plan.After.Select(ForMachines),
        Uneven = plan.Uneven.Select(uneven => new
        {
            Broker = uneven.Broker.Value,
            uneven.Bytes,
            uneven.Mean,
            uneven.Largest?.Topic,
            uneven.Largest?.Partition,
            PartitionBytes = uneven.Largest is null ? (long?)null : uneven.LargestBytes,
        }),
        SilentOnBytes = layout.Disks.Silent.Keys.Order().Select(broker => broker.Value),
    };

    private object ForMachines(BrokerShare share) => new
    {
        Broker = share.Broker.Value,
        share.Replicas,
        share.Leads,
        Bytes = layout.AreSizesKnown ? share.Bytes : (long?)null,
    };

    private string Size(BrokerShare share) => layout.AreSizesKnown ? ByteText.Of(share.Bytes) : "-";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void WriteNotes()
    {
        foreach (string note in Notes)
            Console.WriteLine($"note: {note}");
    }
}
