using Broker.Model;

namespace Broker.Metadata;

/// <summary>A leadership that one broker is to give to another.</summary>
public readonly record struct Handover(PartitionId Partition, BrokerId To);
