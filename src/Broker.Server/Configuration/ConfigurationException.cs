namespace Broker.Server.Configuration;

/// <summary>
/// A configuration that a broker does not start with; the message has one line for each thing that is wrong.
/// </summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
