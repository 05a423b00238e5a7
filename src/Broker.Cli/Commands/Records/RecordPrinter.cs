using System.Text;
using System.Text.Unicode;
using Broker.Cli.Output;
using Broker.Client;

namespace Broker.Cli.Commands.Records;

/// <summary>
/// Prints records to standard output, bytes as they are.
/// </summary>
internal sealed class RecordPrinter(ConsumeFormat format, string separator)
{
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly byte[] _separator = Encoding.UTF8.GetBytes(separator);

    public void Print(ConsumedRecord record)
    {
        if (format == ConsumeFormat.Json)
        {
            _output.Write(Encoding.UTF8.GetBytes(Json.Line(ForMachines(record))));
        }
        else
        {
            if (format == ConsumeFormat.KeyValue)
            {
                _output.Write(record.Key);
                _output.Write(_separator);
            }

            _output.Write(record.Value);
        }

        _output.WriteByte((byte)'\n');
    }

    private static object ForMachines(ConsumedRecord record) =>
        new
        {
            record.Partition.Topic,
            record.Partition.Partition,
            Offset = record.Offset.Value,
            Timestamp = record.Timestamp.ToUnixTimeMilliseconds(),
            Key = Text(record.Key),
            KeyBase64 = Base64(record.Key),
            Value = Text(record.Value),
            ValueBase64 = Base64(record.Value),
            Headers = record.Headers.Count == 0
                ? null
                : record.Headers.Select(header => new
                {
                    header.Key,
                    Value = Text(header.Value),
                    ValueBase64 = Base64(header.Value),
                }),
        };

    private static string? Text(byte[]? bytes) =>
        bytes is not null && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>For bytes that are no text.</summary>
    private static string? Base64(byte[]? bytes) =>
        bytes is not null && !Utf8.IsValid(bytes) ? Convert.ToBase64String(bytes) : null;
}
