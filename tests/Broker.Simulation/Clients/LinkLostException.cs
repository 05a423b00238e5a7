namespace Broker.Simulation.Clients;

/// <summary>The connection broke, or was given up: what became of what was asked on it is not known.</summary>
public sealed class LinkLostException(string message) : Exception(message);
