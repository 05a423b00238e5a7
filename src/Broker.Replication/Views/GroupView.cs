using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Replication;

/// <summary>A group as one of its replicas sees it at one moment: for people who look, never for decisions.</summary>
public sealed record GroupView
{
    public required DateTimeOffset At { get; init; }

    public required ReplicaStatus Status { get; init; }

    public required LogIndex FirstIndex { get; init; }

    public required LogIndex LastIndex { get; init; }

    public required LogIndex FlushedIndex { get; init; }

    public required LogIndex CommitIndex { get; init; }

    public required Offset LogStart { get; init; }

    public required Offset NextOffset { get; init; }

    public required Offset HighWatermark { get; init; }

    public required bool IsAsleep { get; init; }

    /// <summary>The replica that keeps retention from deleting; none if nothing is held back.</summary>
    public required BrokerId LogStartHolder { get; init; }

    /// <summary>Leader: all other members, by id. Elsewhere empty.</summary>
    public required ImmutableArray<FollowerView> Followers { get; init; }

    /// <summary>The latest first; as far as this process remembers.</summary>
    public required ImmutableArray<ElectionRecord> Elections { get; init; }
}
