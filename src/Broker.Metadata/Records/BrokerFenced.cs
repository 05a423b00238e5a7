using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>A broker process is gone or silent: it gets no new replicas, and clients are not sent to it.</summary>
[MessagePackObject]
public sealed record BrokerFenced(
    [property: Key(0)] BrokerId Broker,
    [property: Key(1)] ProcessIncarnation Process) : MetadataRecord;
