using Broker.Model;

namespace Broker.Client;

/// <summary>A partition whose replicas are being moved.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">From 0.</param>
/// <param name="Replicas">All that have one, those that are to stay before those that are to go.</param>
/// <param name="Adding">Those that had none before.</param>
/// <param name="Removing">Those that are to have none in the end.</param>
public sealed record ReassignmentDescription(
    string Topic,
    int Partition,
    IReadOnlyList<BrokerId> Replicas,
    IReadOnlyList<BrokerId> Adding,
    IReadOnlyList<BrokerId> Removing);
