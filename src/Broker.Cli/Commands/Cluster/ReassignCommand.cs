using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster reassign</c></summary>
internal sealed class ReassignCommand : ClientCommand
{
    private readonly Argument<string> _partition = new("partition") { Description = PartitionName.Description };

    private readonly Option<string?> _replicas = new("--replicas", "-r")
    {
        Description = "The brokers that are to have it, the preferred leader first: 1,2,4",
    };

    private readonly Option<bool> _cancel = new("--cancel")
    {
        Description = "Back to where the replicas were before they began to move",
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ReassignCommand()
        : base("reassign", "Move a partition's replicas to other brokers; `reassignments` tells how it goes")
    {
        Arguments.Add(_partition);
        Options.Add(_replicas);
        Options.Add(_cancel);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        (string topic, int partition) = PartitionName.Parse(parsed.GetRequiredValue(_partition));
        string? list = parsed.GetValue(_replicas);
        if ((list is null) != parsed.GetValue(_cancel))
            throw new UsageException("say either --replicas 1,2,3 or --cancel");

        BrokerId[]? replicas = list is null ? null : [.. list.Split(',').Select(BrokerOf)];
        ReassignmentDescription? before = (await client.Admin.ListReassignmentsAsync(token))
            .FirstOrDefault(move => move.Topic == topic && move.Partition == partition);
        await client.Admin.ReassignAsync(topic, partition, replicas, token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new
            {
                Topic = topic,
                Partition = partition,
                Replicas = replicas?.Select(id => id.Value),
                Replaces = before is null ? null : TargetOf(before).Select(id => id.Value),
            });
            return;
        }

        if (before is not null)
            Console.WriteLine($"instead of the move to {string.Join(',', TargetOf(before))} that was under way:");
        if (replicas is null)
            Console.WriteLine($"{topic}/{partition} goes back to where it was");
        else
            Console.WriteLine($"{topic}/{partition} moves to {string.Join(',', replicas)}");
    }

    private static IEnumerable<BrokerId> TargetOf(ReassignmentDescription move) => move.Replicas.Except(move.Removing);

    private static BrokerId BrokerOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? new BrokerId(id)
            : throw new UsageException($"--replicas: '{text}' is no broker's number");
}
