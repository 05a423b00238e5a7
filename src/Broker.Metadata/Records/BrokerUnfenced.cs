using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A broker process that was silent is heard again.</summary>
[MessagePackObject]
public sealed record BrokerUnfenced(
    [property: Key(0)] BrokerId Broker,
    [property: Key(1)] ProcessIncarnation Process) : MetadataRecord;
