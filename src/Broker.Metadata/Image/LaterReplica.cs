using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A replica that a broker was given when the partition was there already.</summary>
/// <param name="At">The metadata log's index that gave it.</param>
[MessagePackObject]
public readonly record struct LaterReplica([property: Key(0)] BrokerId Broker, [property: Key(1)] long At);
