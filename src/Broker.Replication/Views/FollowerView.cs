using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>One follower or learner, as its leader sees it.</summary>
/// <param name="Progress">How far it is; its ticks are the core's and mean nothing to others.</param>
/// <param name="End">The offset behind what it has flushed; null where the leader would have to read its disk.</param>
/// <param name="Heard">How long ago something was heard of it; null: not in this term.</param>
/// <param name="CaughtUp">How long ago it held all that the leader held then; null: not in this term.</param>
public sealed record FollowerView(
    ReplicaProgress Progress, Offset? End, TimeSpan? Heard, TimeSpan? CaughtUp, bool IsInSync, bool IsFull);
