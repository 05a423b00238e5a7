using System.Collections.Immutable;
using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// What leaders said in one tick of themselves and their replicas in sync, ordered by topic and partition. A report of
/// an older term, or on a partition that is gone, changes nothing.
/// </summary>
[MessagePackObject]
public sealed record LeadershipReported(
    [property: Key(0)] ImmutableArray<LeadershipReport> Reports) : MetadataRecord;
