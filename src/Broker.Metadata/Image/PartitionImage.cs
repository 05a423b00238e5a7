using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A partition: where its replicas are, and who leads them by the last report.</summary>
/// <param name="Replicas">The preferred leader first.</param>
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
    [property: Key(4)] long CreatedAt);
