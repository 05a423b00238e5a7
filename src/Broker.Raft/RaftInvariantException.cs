namespace Broker.Raft;

/// <summary>Something happened that the algorithm rules out. The node must stop; going on could lose data.</summary>
public sealed class RaftInvariantException(string message) : Exception(message);
