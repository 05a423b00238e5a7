using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Reconciliation;

/// <summary>A replica that this broker is to have.</summary>
/// <param name="Replicas">The group, the preferred leader first.</param>
/// <param name="LostItsPast">
/// It was placed on this broker before this life of its data directory: its votes are gone, so it takes no part in
/// votes and
/// counts for nothing until the group has taken it in again.
/// </param>
internal sealed record ReplicaAssignment(
    PartitionId Id, string Topic, ImmutableArray<BrokerId> Replicas, TopicSettings Settings, bool LostItsPast);
