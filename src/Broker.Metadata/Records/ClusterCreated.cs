using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>The first record of every cluster, written once by its first metadata leader.</summary>
[MessagePackObject]
public sealed record ClusterCreated(
    [property: Key(0)] ClusterId Cluster,
    [property: Key(1)] int Level) : MetadataRecord;
