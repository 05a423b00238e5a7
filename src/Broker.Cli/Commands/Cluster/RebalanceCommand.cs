using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Moving;
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
        : base("rebalance", "Give every broker its share of replicas, bytes and preferred leaders")
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

        ClusterLayout layout = await ReadAsync(client, token);
        RebalanceReport report = new(RebalancePlan.Make(layout), layout);
        if (parsed.GetValue(_plan))
            report.Print(format);
        else
            await CarryOutAsync(client, report, concurrent, format, token);
    }

    private static async Task<ClusterLayout> ReadAsync(BrokerClient client, CancellationToken token)
    {
        ClusterLayout layout = await ClusterLayout.ReadAsync(client, token);
        return layout.Gone.Count == 0 ? layout : throw new UsageException(
            $"broker {string.Join(", ", layout.Gone)} has replicas and is gone or silent, and nothing is moved: start "
            + "it, wait until they are rebuilt, or move them away (broker cluster decommission "
            + $"{layout.Gone[0]})");
    }

    private static async Task CarryOutAsync(
        BrokerClient client, RebalanceReport report, int concurrent, OutputFormat format, CancellationToken token)
    {
        var waiting = new Queue<ReplicaMove>(report.Plan.Moves);
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
                report.Tell(told = left, format);
            if (moving.Count > 0)
                await Task.Delay(Pause, token);
        }

        report.Tell(0, format);
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
}
