namespace Broker.Server.Network;

/// <summary>An address that cannot be listened on; the message names listener, address and reason.</summary>
public sealed class ListenerException(string message, Exception cause) : Exception(message, cause);
