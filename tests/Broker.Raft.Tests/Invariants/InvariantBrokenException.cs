namespace Broker.Raft.Tests.Invariants;

public sealed class InvariantBrokenException(string message) : Exception(message);
