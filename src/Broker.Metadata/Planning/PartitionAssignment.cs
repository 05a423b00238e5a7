using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>Where a client wants a partition's replicas, the preferred leader first.</summary>
public readonly record struct PartitionAssignment(int Partition, ImmutableArray<BrokerId> Replicas);
