using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>Where a partition's replicas are to be, the preferred leader first.</summary>
[MessagePackObject]
public sealed record PartitionTarget(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] int Partition,
    [property: Key(2)] ImmutableArray<BrokerId> Replicas);
