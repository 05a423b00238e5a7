namespace Broker.Client.Moving;

/// <summary>Replicas can't be placed elsewhere; the message says what would have to be different.</summary>
public sealed class NoRoomException(string message) : Exception(message);
