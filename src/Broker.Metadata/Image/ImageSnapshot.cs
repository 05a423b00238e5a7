using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A snapshot's layout, for <see cref="ImageCodec"/>: public because its codec is made at run time.</summary>
[MessagePackObject]
public sealed record ImageSnapshot(
    [property: Key(0)] int Format,
    [property: Key(1)] long Index,
    [property: Key(2)] ClusterId Cluster,
    [property: Key(3)] int Level,
    [property: Key(4)] ImmutableArray<BrokerRegistration> Brokers,
    [property: Key(5)] ImmutableArray<TopicSnapshot> Topics,
    [property: Key(6)] ImmutableArray<DeletedTopicSnapshot> Deleted,
    [property: Key(7)] long NextProducerId);
