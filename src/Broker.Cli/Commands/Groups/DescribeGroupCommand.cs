using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Groups;
using Broker.Model;

namespace Broker.Cli.Commands.Groups;

/// <summary><c>broker group describe GROUP</c></summary>
internal sealed class DescribeGroupCommand : ClientCommand
{
    private const string Unknown = "-";

    private readonly Argument<string> _group = CommonOptions.Group();
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DescribeGroupCommand()
        : base("describe", "Show a group's members, and of each partition how far it is and who reads it")
    {
        Arguments.Add(_group);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        GroupDescription group = await client.Groups.DescribeAsync(parsed.GetRequiredValue(_group), token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            Json.Print(new
            {
                group.Id,
                group.State,
                group.ProtocolType,
                group.Protocol,
                Coordinator = group.Coordinator.Value,
                Members = group.Members.Select(ForMachines),
                Partitions = group.Progress.Select(ForMachines),
            });
            return;
        }

        Console.WriteLine($"group {group.Id}  state {group.State}  coordinator {group.Coordinator}");
        Console.WriteLine($"protocol {OrUnknown(group.Protocol)}  type {OrUnknown(group.ProtocolType)}");
        if (group.Members.Count > 0)
        {
            Console.WriteLine();
            TextTable.Print(["MEMBER", "INSTANCE", "CLIENT", "HOST", "ASSIGNED"], group.Members.Select(Row));
        }

        if (group.Progress.Count > 0)
        {
            Console.WriteLine();
            TextTable.Print(
                ["TOPIC", "PARTITION", "COMMITTED", "LOG END", "LAG", "OWNER"], group.Progress.Select(Row));
        }
    }

    private static object ForMachines(MemberDescription member) => new
    {
        member.Id,
        member.InstanceId,
        member.ClientId,
        member.Host,
        Assigned = member.Assigned?.Select(partition => new { partition.Topic, partition.Partition }),
    };

    private static object ForMachines(GroupProgress progress) => new
    {
        progress.Partition.Topic,
        progress.Partition.Partition,
        Committed = progress.Committed?.Value,
        LogEnd = progress.LogEnd?.Value,
        progress.Lag,
        progress.Owner,
    };

    private static string[] Row(MemberDescription member) =>
    [
        member.Id,
        OrUnknown(member.InstanceId),
        member.ClientId,
        member.Host,
        member.Assigned is { } assigned
            ? string.Join("  ", assigned.GroupBy(partition => partition.Topic).Select(Partitions))
            : Unknown,
    ];

    private static string Partitions(IGrouping<string, TopicPartition> topic) =>
        $"{topic.Key}/{string.Join(',', topic.Select(partition => partition.Partition))}";

    private static string[] Row(GroupProgress progress) =>
    [
        progress.Partition.Topic,
        Text(progress.Partition.Partition),
        Text(progress.Committed?.Value),
        Text(progress.LogEnd?.Value),
        Text(progress.Lag),
        OrUnknown(progress.Owner),
    ];

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Unknown;

    private static string OrUnknown(string? text) => string.IsNullOrEmpty(text) ? Unknown : text;
}
