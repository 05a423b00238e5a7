using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A topic grew: partitions from <paramref name="First"/> on, with their replicas.</summary>
[MessagePackObject]
public sealed record PartitionsAdded(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] int First,
    [property: Key(2)] ImmutableArray<ImmutableArray<BrokerId>> Partitions) : MetadataRecord;
