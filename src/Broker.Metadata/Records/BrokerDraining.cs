using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>
/// A broker is to leave: it gets no new replicas, and no leadership that another replica can have. Or it is to stay
/// after all. Said of its number, whatever process or data directory has it.
/// </summary>
[MessagePackObject]
public sealed record BrokerDraining(
    [property: Key(0)] BrokerId Broker,
    [property: Key(1)] bool IsDraining) : MetadataRecord
{
    [IgnoreMember]
    public override int RequiredLevel => FeatureLevel.Draining;
}
