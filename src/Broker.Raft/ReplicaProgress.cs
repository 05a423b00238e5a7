using Broker.Model;

namespace Broker.Raft;

/// <summary>How far a follower is, as its leader knows. Ticks are counted by <see cref="RaftCore.Now"/>.</summary>
/// <param name="Match">Flushed there, and so counted.</param>
/// <param name="HeardAt">When something was last heard from it in this term.</param>
/// <param name="CaughtUpAt">The latest tick at which it held all that the leader held then.</param>
/// <param name="Abstains">It may have lost what it promised: neither votes nor leads nor counts.</param>
public readonly record struct ReplicaProgress(
    BrokerId Peer, ProgressState State, LogIndex Match, LogIndex Next, long HeardAt, long CaughtUpAt, bool Abstains);
