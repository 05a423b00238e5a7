using Broker.Model;

namespace Broker.Raft.Tests.Worlds;

/// <summary>A linearizable read that was asked for, with what was committed, anywhere, at that time.</summary>
public readonly record struct PendingRead(LogIndex CommittedBefore);
