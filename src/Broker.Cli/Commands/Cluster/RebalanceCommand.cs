using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Moving;
using Broker.Model;
using Broker.Protocol;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// <c>broker cluster rebalance</c>: makes one plan, and has so many partitions at a time moved until it is done. Ended
/// before that, it may be begun again: what moves goes on by itself, and the next plan counts it where it goes.
/// </summary>
internal sealed class RebalanceCommand : ClientCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> _plan = new("--plan") { Description = "Only show what would be moved where" };

    private readonly Option<int> _concurrent = new("--concurrent")
    {
        Description = "Move so many partitions at the same time",
        DefaultValueFactory = _ => 8,
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public RebalanceCommand()
        : base("rebalance", "Give every broker its share of replicas and preferred leaders, as after one has joined")
    {
        Options.Add(_plan);
        Options.Add(_concurrent);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        OutputFormat format = parsed.GetValue(_format);
        int concurrent = parsed.GetValue(_concurrent);
        if (concurrent < 1)
            throw new UsageException($"--concurrent {concurrent}: at least one partition has to move at a time");

        RebalancePlan plan = await PlanAsync(client, token);
        if (parsed.GetValue(_plan))
            Print(plan, format);
        else
            await CarryOutAsync(client, plan, concurrent, format, token);
    }

    private static async Task<RebalancePlan> PlanAsync(BrokerClient client, CancellationToken token)
    {
        IReadOnlyList<BrokerDescription> brokers = (await client.Admin.DescribeClusterAsync(token)).Brokers;
        IReadOnlyList<TopicDescription> topics = await client.Admin.ListTopicsAsync(token);
        BrokerId[] gone =
        [
            .. topics.SelectMany(topic => topic.Partitions).SelectMany(partition => partition.Replicas).Distinct()
                .Where(replica => brokers.All(broker => broker.Id != replica)).Order(),
        ];
        if (gone.Length > 0)
        {
            throw new UsageException(
                $"broker {string.Join(", ", gone)} has replicas and is gone or silent, and nothing is moved: start it, "
                + $"wait until they are rebuilt, or move them away (broker cluster decommission {gone[0]})");
        }

        return RebalancePlan.Make(
            brokers,
            await client.Draining.FindAsync(brokers, token),
            topics,
            await client.Admin.ListReassignmentsAsync(token));
    }

    private static async Task CarryOutAsync(
        BrokerClient client, RebalancePlan plan, int concurrent, OutputFormat format, CancellationToken token)
    {
        var waiting = new Queue<ReplicaMove>(plan.Moves);
        var moving = new HashSet<(string Topic, int Partition)>();
        int told = -1;
        while (waiting.Count + moving.Count > 0)
        {
            while (moving.Count < concurrent && waiting.TryDequeue(out ReplicaMove? move))
            {
                if (await TryMoveAsync(client, move, token))
                    moving.Add((move.Topic, move.Partition));
            }

            IReadOnlyList<ReassignmentDescription> open = await client.Admin.ListReassignmentsAsync(token);
            moving.IntersectWith(open.Select(each => (each.Topic, each.Partition)));
            int left = waiting.Count + moving.Count;
            if (left != told && left > 0)
                Tell(plan, told = left, format);
            if (moving.Count > 0)
                await Task.Delay(Pause, token);
        }

        Tell(plan, 0, format);
    }

    /// <summary>False: the topic was deleted meanwhile.</summary>
    private static async Task<bool> TryMoveAsync(BrokerClient client, ReplicaMove move, CancellationToken token)
    {
        try
        {
            await client.Admin.ReassignAsync(move.Topic, move.Partition, move.Replicas, token);
            return true;
        }
        catch (RequestException refusal) when (refusal.Code == ErrorCode.UnknownTopicOrPartition)
        {
            return false;
        }
    }

    private static void Print(RebalancePlan plan, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Json.Print(new
            {
                Moves = plan.Moves.Select(move => new
                {
                    move.Topic,
                    move.Partition,
                    Replicas = move.Replicas.Select(replica => replica.Value),
                }),
                Before = plan.Before.Select(ForMachines),
                After = plan.After.Select(ForMachines),
            });
            return;
        }

        if (plan.Moves.Count == 0)
            Console.WriteLine("nothing to do: replicas and preferred leaders are even");
        foreach (ReplicaMove move in plan.Moves)
            Console.WriteLine($"{move.Topic}/{move.Partition} would be on {string.Join(',', move.Replicas)}");
        TextTable.Print(
            ["BROKER", "REPLICAS", "THEN", "LEADS", "THEN"],
            plan.Before.Zip(plan.After, (before, after) => new[]
            {
                before.Broker.ToString(),
                Text(before.Replicas),
                Text(after.Replicas),
                Text(before.Leads),
                Text(after.Leads),
            }));
    }

    private static object ForMachines(BrokerShare share) =>
        new { Broker = share.Broker.Value, share.Replicas, share.Leads };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Tell(RebalancePlan plan, int left, OutputFormat format)
    {
        if (format == OutputFormat.Json)
            Console.WriteLine(Json.Line(new { Partitions = plan.Moves.Count, PartitionsLeft = left }));
        else if (left > 0)
            Console.WriteLine($"{left} of {plan.Moves.Count} partitions are left");
        else if (plan.Moves.Count == 0)
            Console.WriteLine("nothing to do: replicas and preferred leaders are even");
        else
            Console.WriteLine($"replicas and preferred leaders are even: {plan.Moves.Count} partitions were changed");
    }
}
