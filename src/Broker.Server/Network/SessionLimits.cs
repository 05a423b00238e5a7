namespace Broker.Server.Network;

/// <summary>How far a client may run ahead of its responses.</summary>
/// <param name="MaxInFlight">Requests that are begun and whose responses have not left.</param>
/// <param name="MaxResponseBytes">Finished responses that have not left, in bytes.</param>
public readonly record struct SessionLimits(int MaxInFlight, int MaxResponseBytes);
