using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// The answer to <see cref="RaftCore.ReadIndex"/>: once applied up to <see cref="Index"/>, a state answers
/// linearizably. Null: this replica does not lead, or no longer; ask the leader.
/// </summary>
public readonly record struct ReadState(ulong Context, LogIndex? Index);
