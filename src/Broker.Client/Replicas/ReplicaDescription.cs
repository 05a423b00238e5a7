using Broker.Model;

namespace Broker.Client.Replicas;

/// <summary>One replica of a partition's Raft group, as its own broker tells.</summary>
public sealed record ReplicaDescription
{
    public required BrokerId Broker { get; init; }

    /// <summary><c>leader</c>, <c>follower</c>, <c>preCandidate</c> or <c>candidate</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The newest that this replica knows; −1 for none.</summary>
    public required BrokerId Leader { get; init; }

    public required Term Term { get; init; }

    public required LogIndex FirstIndex { get; init; }

    public required LogIndex LastIndex { get; init; }

    /// <summary>The last entry that is on its disk.</summary>
    public required LogIndex FlushedIndex { get; init; }

    public required LogIndex CommitIndex { get; init; }

    public required Offset LogStart { get; init; }

    public required Offset LogEnd { get; init; }

    /// <summary>The replica that keeps the leader from deleting what is too old; none if there is none.</summary>
    public required BrokerId HeldBackBy { get; init; }

    /// <summary>May have lost what it promised: neither votes nor leads nor counts.</summary>
    public required bool Abstains { get; init; }

    /// <summary>What it had flushed was found lost while it ran.</summary>
    public required bool IsDamaged { get; init; }

    /// <summary>What it lacks is gone from its leader's log; it begins where that begins.</summary>
    public required bool BeginsAnew { get; init; }

    public required bool IsStorageFull { get; init; }

    /// <summary>Its group has nothing to do, and it is not even ticked.</summary>
    public required bool IsAsleep { get; init; }

    public required IReadOnlyList<BrokerId> Voters { get; init; }

    /// <summary>While the configuration is joint, who voted before; else empty.</summary>
    public required IReadOnlyList<BrokerId> Outgoing { get; init; }

    public required IReadOnlyList<BrokerId> Learners { get; init; }

    public required bool IsConfigurationCommitted { get; init; }

    /// <summary>The others, told by a leader; else empty.</summary>
    public required IReadOnlyList<FollowerDescription> Followers { get; init; }

    /// <summary>The latest first, as far as the broker's process remembers.</summary>
    public required IReadOnlyList<ElectionDescription> Elections { get; init; }

    /// <summary>Told by a leader; else −1.</summary>
    public required long HighWatermark { get; init; }

    public bool IsLeader => Role == "leader";

    /// <summary>Neither votes nor acknowledges anything, until others have filled it.</summary>
    public bool IsQuarantined => Abstains || IsDamaged || BeginsAnew;
}
