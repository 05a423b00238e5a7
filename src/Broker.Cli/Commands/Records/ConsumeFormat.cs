namespace Broker.Cli.Commands.Records;

/// <summary>How a record is printed.</summary>
internal enum ConsumeFormat
{
    Value,
    KeyValue,
    Json,
}
