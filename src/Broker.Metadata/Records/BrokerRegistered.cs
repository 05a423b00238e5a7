using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A broker process came, or came back. It is alive until it is fenced.</summary>
[MessagePackObject]
public sealed record BrokerRegistered(
    [property: Key(0)] BrokerId Broker,
    [property: Key(1)] Incarnation Incarnation,
    [property: Key(2)] ProcessIncarnation Process,
    [property: Key(3)] HostAndPort Peer,
    [property: Key(4)] ImmutableArray<BrokerListener> Listeners,
    [property: Key(5)] string? Rack,
    [property: Key(6)] int OldestLevel,
    [property: Key(7)] int NewestLevel) : MetadataRecord;
