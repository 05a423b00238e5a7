using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A topic's part of an <see cref="ImageSnapshot"/>.</summary>
[MessagePackObject]
public sealed record TopicSnapshot(
    [property: Key(0)] TopicId Id,
    [property: Key(1)] string Name,
    [property: Key(2)] ImmutableArray<PartitionImage> Partitions,
    [property: Key(3)] ImmutableSortedDictionary<string, string> Configs);
