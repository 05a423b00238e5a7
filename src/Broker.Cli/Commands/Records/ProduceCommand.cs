using System.CommandLine;
using System.Text;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Protocol.Compression;

namespace Broker.Cli.Commands.Records;

/// <summary><c>broker produce</c>: each line of standard input becomes a record.</summary>
internal sealed class ProduceCommand : ClientCommand
{
    private const int MostUnderWay = 10_000;

    private readonly Argument<string> _topic = CommonOptions.Topic();
    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly Option<string?> _separator = new("--key-separator", "-k")
    {
        Description = "What divides a line into key and value; without it there are no keys",
    };

    private readonly Option<int?> _partition = new("--partition")
    {
        Description = "Where to; default: by key, or spread",
    };

    private readonly Option<Acks> _acks = new("--acks")
    {
        Description = "What to wait for",
        DefaultValueFactory = _ => Acks.All,
    };

    private readonly Option<CompressionType> _compression = new("--compression") { Description = "Default: none" };
    private readonly Option<string[]> _headers = new("--header")
    {
        Description = "name=value, for every record; may be given several times",
    };

    public ProduceCommand()
        : base("produce", "Write each line of standard input as a record, and wait until all are acknowledged")
    {
        Arguments.Add(_topic);
        foreach (Option option in new Option[] { _format, _separator, _partition, _acks, _compression, _headers })
        {
            Options.Add(option);
        }
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        ProducerOptions options = new()
        {
            Acks = parsed.GetValue(_acks),
            Idempotent = parsed.GetValue(_acks) == Acks.All,
            Compression = parsed.GetValue(_compression),
        };
        Dictionary<string, string?> headers = CommonOptions.Pairs(parsed.GetValue(_headers) ?? [], "--header");
        ProducerRecord model = new()
        {
            Topic = parsed.GetRequiredValue(_topic),
            Partition = parsed.GetValue(_partition),
            Headers =
            [
                .. headers.Select(pair => KeyValuePair.Create(pair.Key, (byte[]?)Encoding.UTF8.GetBytes(pair.Value!))),
            ],
        };
        await using Producer producer = client.CreateProducer(options);
        long count = await ProduceLinesAsync(
            producer,
            model,
            parsed.GetValue(_separator),
            parsed.GetValue(_format),
            token
        );
        await Console.Error.WriteLineAsync($"{count} records acknowledged");
    }

    private static async Task<long> ProduceLinesAsync(
        Producer producer,
        ProducerRecord model,
        string? separator,
        OutputFormat format,
        CancellationToken token
    )
    {
        Queue<Task<RecordPosition>> underWay = new();
        long count = 0;
        while (await Console.In.ReadLineAsync(token) is { } line)
        {
            underWay.Enqueue(await producer.EnqueueAsync(Record(model, line, separator), token));
            count++;
            while (underWay.Count > MostUnderWay || (underWay.TryPeek(out var oldest) && oldest.IsCompleted))
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
        if (string.IsNullOrEmpty(separator))
        {
            return model with { Value = Encoding.UTF8.GetBytes(line) };
        }

        int cut = line.IndexOf(separator, StringComparison.Ordinal);
        if (cut < 0)
        {
            throw new UsageException($"the line '{line}' has no key separator '{separator}'");
        }

        return model with
        {
            Key = Encoding.UTF8.GetBytes(line[..cut]),
            Value = Encoding.UTF8.GetBytes(line[(cut + separator.Length)..]),
        };
    }

    private static void Report(RecordPosition position, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            var where = new
            {
                position.Partition.Topic,
                position.Partition.Partition,
                Offset = position.Offset.Value,
            };
            Console.WriteLine(Json.Line(where));
        }
    }
}
