using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>Somebody wants a partition's replicas elsewhere.</summary>
/// <param name="Replicas">The preferred leader first; null to cancel a reassignment that is under way.</param>
public sealed record ReassignmentWish(string Topic, int Partition, ImmutableArray<BrokerId>? Replicas);
