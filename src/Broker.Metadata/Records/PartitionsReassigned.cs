using System.Collections.Immutable;
using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// Partitions are to have their replicas elsewhere, each named once. Also what replaces the target of a reassignment
/// under way, and, with the replicas that were there before it, what cancels it.
/// </summary>
[MessagePackObject]
public sealed record PartitionsReassigned(
    [property: Key(0)] ImmutableArray<PartitionTarget> Partitions) : MetadataRecord
{
    [IgnoreMember]
    public override int RequiredLevel => FeatureLevel.Reassignments;
}
