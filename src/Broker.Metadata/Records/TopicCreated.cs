using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A topic with its placement: for every partition its replicas, the preferred leader first.</summary>
[MessagePackObject]
public sealed record TopicCreated(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] string Name,
    [property: Key(2)] ImmutableArray<ImmutableArray<BrokerId>> Partitions,
    [property: Key(3)] ImmutableSortedDictionary<string, string> Configs) : MetadataRecord;
