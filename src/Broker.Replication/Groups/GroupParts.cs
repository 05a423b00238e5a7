using Broker.Raft;

namespace Broker.Replication;

/// <summary>What a group is made of when its log has been opened and replayed.</summary>
internal sealed record GroupParts(
    GroupLog Log, IReplicaStateMachine Machine, RaftCore Core, string Directory, bool IsRelaxed);
