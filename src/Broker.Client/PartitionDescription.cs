using Broker.Model;

namespace Broker.Client;

/// <summary>A partition as the cluster describes it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Leader"><see cref="BrokerId.None"/> while nobody leads.</param>
/// <param name="LeaderEpoch">The leader's term.</param>
/// <param name="Replicas">The first is the preferred leader.</param>
/// <param name="InSync">Those that have reached the leader's end.</param>
/// <param name="Offline">Those whose brokers are not alive.</param>
public sealed record PartitionDescription(
    int Index,
    BrokerId Leader,
    Term LeaderEpoch,
    IReadOnlyList<BrokerId> Replicas,
    IReadOnlyList<BrokerId> InSync,
    IReadOnlyList<BrokerId> Offline);
