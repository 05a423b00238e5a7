using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A block of producer ids that belongs to one broker from now on, used or not.</summary>
[MessagePackObject]
public sealed record ProducerIdsAllocated(
    [property: Key(0)] BrokerId Broker,
    [property: Key(1)] long First,
    [property: Key(2)] int Count) : MetadataRecord;
