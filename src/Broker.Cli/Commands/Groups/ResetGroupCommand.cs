using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Groups;
using Broker.Model;

namespace Broker.Cli.Commands.Groups;

/// <summary><c>broker group reset GROUP --topic T --to earliest|latest|OFFSET</c></summary>
internal sealed class ResetGroupCommand : ClientCommand
{
    private readonly Argument<string> _group = CommonOptions.Group();

    private readonly Option<string> _topic = new("--topic", "-t")
    {
        Description = "The topic, of which all partitions are meant",
        Required = true,
    };

    private readonly Option<string> _to = new("--to")
    {
        Description = "`earliest`, `latest`, or an offset: the nearest one where a partition does not hold it",
        Required = true,
    };

    private readonly Option<bool> _plan = new("--plan") { Description = "Only show what would be committed" };
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ResetGroupCommand()
        : base("reset", "Let a group that has no members go on elsewhere in a topic")
    {
        Arguments.Add(_group);
        Options.Add(_topic);
        Options.Add(_to);
        Options.Add(_plan);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        string group = parsed.GetRequiredValue(_group);
        StartPosition to = PositionOf(parsed.GetRequiredValue(_to));
        IReadOnlyList<OffsetReset> resets = await client.Groups.PlanResetAsync(
            group, parsed.GetRequiredValue(_topic), to, token);
        bool isPlan = parsed.GetValue(_plan);
        if (!isPlan)
            await client.Groups.ResetAsync(group, resets, token);

        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new { Group = group, Done = !isPlan, Partitions = resets.Select(ForMachines) });
            return;
        }

        TextTable.Print(["TOPIC", "PARTITION", "FROM", "TO"], resets.Select(Row));
        Console.WriteLine(isPlan ? $"group '{group}' was not changed" : $"group '{group}' goes on from there");
    }

    private static StartPosition PositionOf(string text) => text switch
    {
        "earliest" => StartPosition.Earliest,
        "latest" => StartPosition.Latest,
        _ => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? StartPosition.At(new Offset(offset))
            : throw new UsageException($"--to: '{text}' is no offset; write `earliest`, `latest` or a number"),
    };

    private static object ForMachines(OffsetReset reset) => new
    {
        reset.Partition.Topic,
        reset.Partition.Partition,
        From = reset.From?.Value,
        To = reset.To.Value,
    };

    private static string[] Row(OffsetReset reset) =>
    [
        reset.Partition.Topic,
        reset.Partition.Partition.ToString(CultureInfo.InvariantCulture),
        reset.From?.ToString() ?? "-",
        reset.To.ToString(),
    ];
}
