using System.Collections.Immutable;
using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// Groups have the members that they were to have. This is what lets the brokers that are none of them any more delete
/// their data. What has another target by now, or is gone, stays as it is.
/// </summary>
[MessagePackObject]
public sealed record ReassignmentsFinished(
    [property: Key(0)] ImmutableArray<FinishedMove> Partitions) : MetadataRecord
{
    [IgnoreMember]
    public override int RequiredLevel => FeatureLevel.Reassignments;
}
