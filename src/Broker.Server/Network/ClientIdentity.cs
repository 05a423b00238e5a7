namespace Broker.Server.Network;

/// <summary>Who is at the other end.</summary>
/// <param name="Listener">The name of the listener that it came in by; it is told the addresses of the same
/// one.</param>
public sealed record ClientIdentity(string Listener, string Address);
