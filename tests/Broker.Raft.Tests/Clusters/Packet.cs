namespace Broker.Raft.Tests.Clusters;

/// <summary>A message with the entries that it names.</summary>
public sealed record Packet(RaftMessage Message, IReadOnlyList<TestEntry> Entries);
