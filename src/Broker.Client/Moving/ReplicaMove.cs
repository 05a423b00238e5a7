using Broker.Model;

namespace Broker.Client.Moving;

/// <summary>Where a partition's replicas are to be.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">From 0.</param>
/// <param name="Replicas">The preferred leader first.</param>
public sealed record ReplicaMove(string Topic, int Partition, IReadOnlyList<BrokerId> Replicas);
