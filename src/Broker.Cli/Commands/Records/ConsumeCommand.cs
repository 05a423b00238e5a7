using System.CommandLine;
using System.Globalization;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands.Records;

/// <summary><c>broker consume</c>: prints the records of a topic.</summary>
internal sealed class ConsumeCommand : ClientCommand
{
    private readonly Argument<string> _topic = CommonOptions.Topic();
    private readonly Option<string> _from = new("--from")
    {
        Description = "beginning, end, an offset, or a time (2026-01-31T12:00:00Z)",
        DefaultValueFactory = _ => "end",
    };

    private readonly Option<long?> _count = new("--count", "-n") { Description = "End after this many records" };
    private readonly Option<int?> _partition = new("--partition") { Description = "Only this one; default: all" };
    private readonly Option<bool> _untilEnd = new("--until-end", "-e")
    {
        Description = "End at what is the last record now, instead of waiting for more",
    };

    private readonly Option<ConsumeFormat> _format = new("--format") { Description = "json prints a line for each" };
    private readonly Option<string> _separator = new("--key-separator", "-k")
    {
        Description = "Between key and value with --format keyvalue",
        DefaultValueFactory = _ => "\t",
    };

    public ConsumeCommand()
        : base("consume", "Print the records of a topic")
    {
        Arguments.Add(_topic);
        foreach (Option option in new Option[] { _from, _count, _partition, _untilEnd, _format, _separator })
        {
            Options.Add(option);
        }
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        StartPosition start = Position(parsed.GetRequiredValue(_from));
        await using Consumer consumer = client.CreateConsumer();
        ConsumeLimit limit = new(parsed.GetValue(_count));
        Dictionary<TopicPartition, StartPosition> positions = [];
        foreach (TopicPartition partition in await PartitionsAsync(consumer, parsed, token))
        {
            Offset first = await consumer.ResolveAsync(partition, start, token);
            positions[partition] = StartPosition.At(first);
            if (parsed.GetValue(_untilEnd))
            {
                limit.EndAt(partition, first, await consumer.ResolveAsync(partition, StartPosition.Latest, token));
            }
        }

        if (!limit.IsReached)
        {
            await consumer.AssignAsync(positions, token);
            RecordPrinter printer = new(parsed.GetValue(_format), parsed.GetRequiredValue(_separator));
            await PrintAsync(consumer, limit, printer, token);
        }
    }

    private async Task<TopicPartition[]> PartitionsAsync(Consumer consumer, ParseResult parsed, CancellationToken token)
    {
        string topic = parsed.GetRequiredValue(_topic);
        return parsed.GetValue(_partition) is { } only
            ? [new TopicPartition(topic, only)]
            : [.. Enumerable.Range(0, await consumer.PartitionCountAsync(topic, token))
                .Select(index => new TopicPartition(topic, index))];
    }

    private static async Task PrintAsync(
        Consumer consumer, ConsumeLimit limit, RecordPrinter printer, CancellationToken token)
    {
        await foreach (ConsumedRecord record in consumer.ReadAsync(token))
        {
            if (limit.Takes(record))
            {
                printer.Print(record);
            }

            if (limit.IsReached)
            {
                break;
            }
        }
    }

    private static StartPosition Position(string text)
    {
        if (text is "beginning" or "end")
        {
            return text == "end" ? StartPosition.Latest : StartPosition.Earliest;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            return StartPosition.At(new Offset(offset));
        }

        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out DateTimeOffset time)
            ? StartPosition.From(time)
            : throw new UsageException(
                $"--from {text}: write beginning, end, an offset, or a time such as 2026-01-31T12:00:00Z");
    }
}
