using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>Where and under what the next entry will stand, if it is appended now.</summary>
/// <param name="Mark">What the entry's frame says of this leader's own disk.</param>
/// <param name="InSyncReplicas">How many replicas are in sync just now, the leader included.</param>
public readonly record struct AppendPoint(
    LogIndex Index, Term Term, Offset NextOffset, WriterMark Mark, int InSyncReplicas);
