namespace Broker.Protocol;

/// <summary>
/// A peer broke the protocol, or a message can't be expressed in the version that was asked for. The one exception that
/// reading and writing throw; whoever reads from a connection catches it in one place and closes that connection.
/// </summary>
public sealed class ProtocolException : Exception
{
    public ProtocolException(string message)
        : base(message)
    {
    }

    public ProtocolException(string message, Exception inner)
        : base(message, inner)
    {
    }

    internal static ProtocolException UnknownVersion(string message, short version) =>
        new($"{message} has no version {version}.");

    internal static ProtocolException NoRoomFor(string field, short version) =>
        new($"Version {version} has no room for {field}, which is set.");

    internal static ProtocolException NullNotAllowed(string field, short version) =>
        new($"{field} can't be null in version {version}.");
}
