using System.CommandLine;
using System.Globalization;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Topics;

/// <summary><c>broker topic delete-records</c></summary>
internal sealed class DeleteRecordsCommand : ClientCommand
{
    private const string End = "end";

    private readonly Argument<string> _partition = new("partition") { Description = PartitionName.Description };

    private readonly Option<string> _before = new("--before")
    {
        Description = "The offset of the first record that stays, or `end`: none that is committed now",
        Required = true,
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public DeleteRecordsCommand()
        : base("delete-records", "Delete a partition's records below an offset, for good")
    {
        Arguments.Add(_partition);
        Options.Add(_before);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        (string topic, int index) = PartitionName.Parse(parsed.GetRequiredValue(_partition));
        Offset? before = OffsetOf(parsed.GetRequiredValue(_before));
        var partition = new TopicPartition(topic, index);
        Offset start = await client.Admin.DeleteRecordsAsync(partition, before, token);
        if (parsed.GetValue(_format) == OutputFormat.Json)
            Json.Print(new { Topic = topic, Partition = index, LogStart = start.Value });
        else
            Console.WriteLine($"{topic}/{index} begins at offset {start} now");
    }

    private static Offset? OffsetOf(string text)
    {
        if (text == End)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? new Offset(offset)
            : throw new UsageException($"--before: '{text}' is no offset; write a number or `{End}`");
    }
}
