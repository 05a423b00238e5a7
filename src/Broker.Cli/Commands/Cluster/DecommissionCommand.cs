using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Moving;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// <c>broker cluster decommission</c>: marks a broker as one that is to leave, moves everything away from it, and ends
/// when nothing is left there. Ended before that, it may be begun again: it goes on from what it finds. The mark stays.
/// </summary>
internal sealed class DecommissionCommand : ClientCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Argument<int> _broker = new("broker") { Description = "The number of the broker that is to go" };

    private readonly Option<bool> _plan = new("--plan") { Description = "Only show what would be moved where" };

    private readonly Option<bool> _cancel = new("--cancel")
    {
        Description = "Let the broker stay after all; what was moved is not moved back",
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DecommissionCommand()
        : base("decommission", "Move all replicas away from a broker, so that it can be stopped for good")
    {
        Arguments.Add(_broker);
        Options.Add(_plan);
        Options.Add(_cancel);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        var leaving = new BrokerId(parsed.GetRequiredValue(_broker));
        OutputFormat format = parsed.GetValue(_format);
        if (parsed.GetValue(_cancel))
            await CancelAsync(client, leaving, format, token);
        else if (parsed.GetValue(_plan))
            Print(await PlanAsync(client, leaving, token), format);
        else
            await DrainAsync(client, leaving, format, token);
    }

    private static async Task CancelAsync(
        BrokerClient client, BrokerId broker, OutputFormat format, CancellationToken token)
    {
        await client.Draining.SetAsync(broker, false, token);
        if (format == OutputFormat.Json)
            Console.WriteLine(Json.Line(new { Broker = broker.Value, Draining = false }));
        else
            Console.WriteLine($"broker {broker} stays, and gets replicas again");
    }

    private static async Task DrainAsync(
        BrokerClient client, BrokerId leaving, OutputFormat format, CancellationToken token)
    {
        await client.Draining.SetAsync(leaving, true, token);

        // Moves may be refused or taken back meanwhile, so that the plan is made again until nothing is left.
        int left = await CountAsync(client, leaving, token);
        for (int told = -1; left > 0; left = await CountAsync(client, leaving, token))
        {
            foreach (ReplicaMove move in await PlanAsync(client, leaving, token))
                await client.Admin.ReassignAsync(move.Topic, move.Partition, move.Replicas, token);
            if (told != left)
                Tell(leaving, told = left, format);
            await Task.Delay(Pause, token);
        }

        Tell(leaving, 0, format);
    }

    private static async Task<IReadOnlyList<ReplicaMove>> PlanAsync(
        BrokerClient client, BrokerId leaving, CancellationToken token)
    {
        ClusterLayout layout = await ClusterLayout.ReadAsync(client, token);
        if (layout.Brokers.All(broker => broker.Id != leaving) && Count(layout.Topics, leaving) == 0)
            throw new UsageException($"there is no broker {leaving} that lives, nor any replica on it");
        try
        {
            return DrainPlan.Make(leaving, layout);
        }
        catch (NoRoomException full)
        {
            throw new UsageException(full.Message);
        }
    }

    private static async Task<int> CountAsync(BrokerClient client, BrokerId leaving, CancellationToken token) =>
        Count(await client.Admin.ListTopicsAsync(token), leaving);

    private static int Count(IReadOnlyList<TopicDescription> topics, BrokerId leaving) => topics.Sum(
        topic => topic.Partitions.Count(partition => partition.Replicas.Contains(leaving)));

    private static void Print(IReadOnlyList<ReplicaMove> moves, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Json.Print(moves.Select(move => new
            {
                move.Topic,
                move.Partition,
                Replicas = move.Replicas.Select(replica => replica.Value),
            }));
            return;
        }

        foreach (ReplicaMove move in moves)
            Console.WriteLine($"{move.Topic}/{move.Partition} would move to {string.Join(',', move.Replicas)}");
    }

    private static void Tell(BrokerId leaving, int left, OutputFormat format)
    {
        if (format == OutputFormat.Json)
            Console.WriteLine(Json.Line(new { Broker = leaving.Value, ReplicasLeft = left }));
        else if (left > 0)
            Console.WriteLine($"broker {leaving} has {left} replicas left");
        else
            Console.WriteLine($"broker {leaving} has no replicas any more, and can be stopped for good");
    }
}
