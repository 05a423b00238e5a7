using System.CommandLine;
using System.Text;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Protocol.Compression;

namespace Broker.Cli.Commands;

/// <summary><c>broker produce</c>: each line of standard input becomes a record.</summary>
internal static class ProduceCommand
{
    private const int MostUnderWay = 10_000;

    public static Command Create()
    {
        Argument<string> topic = CommonOptions.Topic();
        Option<string> bootstrap = CommonOptions.Bootstrap();
        Option<OutputFormat> format = CommonOptions.Format();
        Option<string?> separator = new("--key-separator", "-k") { Description = "What divides a line into key and value; without it there are no keys" };
        Option<int?> partition = new("--partition") { Description = "Where to; default: by key, or spread" };
        Option<Acks> acks = new("--acks") { Description = "None, Leader or All", DefaultValueFactory = _ => Acks.All };
        Option<CompressionType> compression = new("--compression") { Description = "Default: none" };
        Option<string[]> headers = new("--header") { Description = "name=value, for every record; may be given several times" };
        Command command = new("produce", "Write each line of standard input as a record, and wait until all are acknowledged")
        {
            topic, bootstrap, format, separator, partition, acks, compression, headers,
        };
        command.SetAction(async (parsed, token) =>
        {
            ProducerOptions options = new() { Acks = parsed.GetValue(acks), Compression = parsed.GetValue(compression), Idempotent = parsed.GetValue(acks) == Acks.All };
            ProducerRecord model = new()
            {
                Topic = parsed.GetRequiredValue(topic),
                Partition = parsed.GetValue(partition),
                Headers = [.. CommonOptions.Pairs(parsed.GetValue(headers) ?? [], "--header").Select(pair => KeyValuePair.Create(pair.Key, (byte[]?)Encoding.UTF8.GetBytes(pair.Value!)))],
            };
            await using BrokerClient client = await CommonOptions.ConnectAsync(parsed.GetRequiredValue(bootstrap), token);
            await using Producer producer = client.CreateProducer(options);
            long count = await ProduceLinesAsync(producer, model, parsed.GetValue(separator), parsed.GetValue(format), token);
            await Console.Error.WriteLineAsync($"{count} records acknowledged");
        });
        return command;
    }

    private static async Task<long> ProduceLinesAsync(
        Producer producer, ProducerRecord model, string? separator, OutputFormat format, CancellationToken token)
    {
        Queue<Task<RecordPosition>> underWay = new();
        long count = 0;
        while (await Console.In.ReadLineAsync(token) is { } line)
        {
            underWay.Enqueue(await producer.EnqueueAsync(Record(model, line, separator), token));
            count++;
            while (underWay.Count > MostUnderWay || (underWay.TryPeek(out Task<RecordPosition>? oldest) && oldest.IsCompleted))
            {
                Report(await underWay.Dequeue(), format);
            }
        }

        await producer.FlushAsync(token);
        while (underWay.TryDequeue(out Task<RecordPosition>? outcome))
        {
            Report(await outcome, format);
        }

        return count;
    }

    private static ProducerRecord Record(ProducerRecord model, string line, string? separator)
    {
        int cut = string.IsNullOrEmpty(separator) ? -1 : line.IndexOf(separator, StringComparison.Ordinal);
        if (cut < 0 && !string.IsNullOrEmpty(separator))
        {
            throw new UsageException($"the line '{line}' has no key separator '{separator}'");
        }

        return cut < 0
            ? model with { Value = Encoding.UTF8.GetBytes(line) }
            : model with { Key = Encoding.UTF8.GetBytes(line[..cut]), Value = Encoding.UTF8.GetBytes(line[(cut + separator!.Length)..]) };
    }

    private static void Report(RecordPosition position, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Console.WriteLine(Json.Line(new
            {
                position.Partition.Topic,
                position.Partition.Partition,
                Offset = position.Offset.Value,
            }));
        }
    }
}
