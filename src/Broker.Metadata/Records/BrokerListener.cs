using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>An address that a broker advertises to Kafka clients, under the listener's name.</summary>
[MessagePackObject]
public readonly record struct BrokerListener([property: Key(0)] string Name, [property: Key(1)] HostAndPort Address);
