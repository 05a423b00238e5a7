namespace Broker.Cli.Commands;

/// <summary>How a record is printed.</summary>
internal enum ConsumeFormat
{
    Value,
    KeyValue,
    Json,
}
