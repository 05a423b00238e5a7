using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A partition: where its replicas are, and who leads them by the last report.</summary>
/// <param name="Replicas">
/// All who have one, the preferred leader first; while they move, those that are to stay before those that are to go.
/// </param>
/// <param name="Leader">None until a leader has reported itself.</param>
/// <param name="Term">The leader's term; never goes back.</param>
/// <param name="InSync">As the leader last said; brokers that died since are still in it.</param>
/// <param name="CreatedAt">The metadata log's index at which the partition was placed.</param>
[MessagePackObject]
public sealed record PartitionImage(
    [property: Key(0)] ImmutableArray<BrokerId> Replicas,
    [property: Key(1)] BrokerId Leader,
    [property: Key(2)] Term Term,
    [property: Key(3)] ImmutableArray<BrokerId> InSync,
    [property: Key(4)] long CreatedAt)
{
    /// <summary>Null unless replicas are being moved.</summary>
    [Key(5)]
    public Reassignment? Reassignment { get; init; }

    /// <summary>Those of <see cref="Replicas"/> that were placed later than the partition.</summary>
    [Key(6)]
    public ImmutableArray<LaterReplica> Later { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Who had a replica that was moved away: its data may be deleted there. Ascending.</summary>
    [Key(7)]
    public ImmutableArray<BrokerId> Removed { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where the replicas are to be in the end, the preferred leader first.</summary>
    [IgnoreMember]
    public ImmutableArray<BrokerId> Target => Reassignment?.Target ?? Replicas;

    /// <summary>
    /// Where they were before they began to move: those who vote in the group until its log says otherwise.
    /// </summary>
    [IgnoreMember]
    public ImmutableArray<BrokerId> Original => Reassignment?.Original ?? Replicas;

    /// <summary>Who is to have a replica and had none before.</summary>
    [IgnoreMember]
    public ImmutableArray<BrokerId> Adding => [.. Target.Where(replica => !Original.Contains(replica))];

    /// <summary>Who has a replica, or may have one, and is to have none.</summary>
    [IgnoreMember]
    public ImmutableArray<BrokerId> Removing => [.. Replicas.Where(replica => !Target.Contains(replica))];

    /// <summary>The metadata log's index at which a broker was given its replica.</summary>
    public long PlacedAt(BrokerId replica)
    {
        foreach (LaterReplica later in Later)
        {
            if (later.Broker == replica)
            {
                return later.At;
            }
        }

        return CreatedAt;
    }
}
