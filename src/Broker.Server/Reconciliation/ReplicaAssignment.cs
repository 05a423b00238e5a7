using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Reconciliation;

/// <summary>A replica that this broker is to have.</summary>
/// <param name="Voters">
/// Who decides in the group until its log says otherwise: without those who are being added, so that none of them asks
/// for votes.
/// </param>
/// <param name="IsPreferred">It is to lead first.</param>
/// <param name="LostItsPast">
/// It was placed on this broker before this life of its data directory: its votes are gone, so it takes no part in
/// votes and
/// counts for nothing until the group has taken it in again.
/// </param>
internal sealed record ReplicaAssignment(
    PartitionId Id,
    string Topic,
    ImmutableArray<BrokerId> Voters,
    bool IsPreferred,
    TopicSettings Settings,
    bool LostItsPast);
