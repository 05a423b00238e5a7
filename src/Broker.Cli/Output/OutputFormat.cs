namespace Broker.Cli.Output;

/// <summary>Who reads what a command prints.</summary>
internal enum OutputFormat
{
    Text,
    Json,
}
