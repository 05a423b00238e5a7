using System.CommandLine;
using System.Globalization;
using Broker.Client;
using Broker.Model;

namespace Broker.Cli.Commands;

/// <summary><c>broker consume</c>: prints the records of a topic.</summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        Argument<string> topic = CommonOptions.Topic();
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<string> from = new("--from") { Description = "beginning, end, an offset, or a time (2026-01-31T12:00:00Z)", DefaultValueFactory = _ => "end" };
        Option<long?> count = new("--count", "-n") { Description = "End after this many records" };
        Option<int?> partition = new("--partition") { Description = "Only this one; default: all" };
        Option<bool> untilEnd = new("--until-end", "-e") { Description = "End at what is the last record now, instead of waiting for more" };
        Option<ConsumeFormat> format = new("--format") { Description = "value, keyvalue or json (a line each)" };
        Option<string> separator = new("--key-separator", "-k") { Description = "Between key and value with --format keyvalue", DefaultValueFactory = _ => "\t" };
        Command command = new("consume", "Print the records of a topic")
        {
            topic, bootstrap, from, count, partition, untilEnd, format, separator,
        };
        command.SetAction(async (parsed, token) =>
        {
            StartPosition start = Position(parsed.GetRequiredValue(from));
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            await using Consumer consumer = client.CreateConsumer();
            int[] partitions = parsed.GetValue(partition) is { } only
                ? [only]
                : [.. Enumerable.Range(0, await consumer.PartitionCountAsync(parsed.GetRequiredValue(topic), token))];
            TopicPartition[] names = [.. partitions.Select(index => new TopicPartition(parsed.GetRequiredValue(topic), index))];
            ConsumeLimit limit = new(parsed.GetValue(count));
            Dictionary<TopicPartition, StartPosition> positions = [];
            foreach (TopicPartition name in names)
            {
                Offset first = await consumer.ResolveAsync(name, start, token);
                positions[name] = StartPosition.At(first);
                if (parsed.GetValue(untilEnd))
                {
                    limit.EndAt(name, first, await consumer.ResolveAsync(name, StartPosition.Latest, token));
                }
            }

            await PrintAsync(consumer, positions, limit, new RecordPrinter(parsed.GetValue(format), parsed.GetRequiredValue(separator)), token);
        });
        return command;
    }

    private static async Task PrintAsync(
        Consumer consumer, Dictionary<TopicPartition, StartPosition> positions, ConsumeLimit limit, RecordPrinter printer, CancellationToken token)
    {
        if (limit.IsReached)
        {
            return;
        }

        await consumer.AssignAsync(positions, token);
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

        printer.Flush();
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

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? StartPosition.From(time)
            : throw new UsageException($"--from {text}: write beginning, end, an offset, or a time such as 2026-01-31T12:00:00Z");
    }
}
