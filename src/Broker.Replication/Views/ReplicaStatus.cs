using System.Collections.Immutable;
using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// What a replica knows of its group and of itself: an unchanging snapshot, replaced when something changes.
/// </summary>
public sealed record ReplicaStatus
{
    public required RaftRole Role { get; init; }

    public required Term Term { get; init; }

    /// <summary>The leader of the term; none while it is not known.</summary>
    public required BrokerId Leader { get; init; }

    /// <summary>Leads, and has an entry of its own term committed.</summary>
    public bool IsLeaderReady { get; init; }

    /// <summary>
    /// Leader: who has reached its end within the allowed lag, itself included, ascending. Elsewhere empty.
    /// </summary>
    public ImmutableArray<BrokerId> InSync { get; init; } = [];

    /// <summary>May have lost what it promised: takes entries, but neither votes nor leads nor counts.</summary>
    public bool Abstains { get; init; }

    /// <summary>
    /// Abstains because the power failed: the end of its log may be gone. Where others don't suffice, it takes all
    /// voters of the group to elect a leader.
    /// </summary>
    public bool LacksTail { get; init; }

    /// <summary>
    /// What it had flushed was found lost while it ran: it abstains until it is stopped and started, which cuts the
    /// log off before the damage, and a leader has filled it again.
    /// </summary>
    public bool IsDamaged { get; init; }

    /// <summary>
    /// The leader no longer has what is missing here: stopped and started, the log begins where the leader's does.
    /// </summary>
    public bool BeginsAnew { get; init; }

    /// <summary>Whoever runs the replica stops and starts it.</summary>
    public bool MustReopen => IsDamaged || BeginsAnew;

    /// <summary>The disk refuses appends.</summary>
    public bool IsStorageFull { get; init; }

    /// <summary>Who votes and who learns: in force here, committed or not. Null before the group has begun.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>The entry that says so is committed, as far as this replica knows.</summary>
    public bool IsConfigurationCommitted { get; init; }

    public bool IsLeader => Role == RaftRole.Leader;

    public bool Equals(ReplicaStatus? other) =>
        other is not null && Role == other.Role && Term == other.Term && Leader == other.Leader
        && IsLeaderReady == other.IsLeaderReady && Abstains == other.Abstains && IsDamaged == other.IsDamaged
        && BeginsAnew == other.BeginsAnew && LacksTail == other.LacksTail
        && IsStorageFull == other.IsStorageFull && InSync.SequenceEqual(other.InSync)
        && IsConfigurationCommitted == other.IsConfigurationCommitted && Equals(Configuration, other.Configuration);

    public override int GetHashCode() => Term.Value;
}
