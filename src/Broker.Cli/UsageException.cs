namespace Broker.Cli;

/// <summary>What was asked for on the command line makes no sense; the message says what would.</summary>
internal sealed class UsageException(string message) : Exception(message);
