using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// From here on the cluster is at a newer level, for ever. Its own level is the oldest: it is what ends an old one.
/// Nobody is shown it who does not know it, since no level is raised before all brokers support the new one, and
/// every version that supports a second level knows this record.
/// </summary>
[MessagePackObject]
public sealed record FeatureLevelRaised([property: Key(0)] int Level) : MetadataRecord;
