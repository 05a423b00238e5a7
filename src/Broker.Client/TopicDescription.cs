using Broker.Model;

namespace Broker.Client;

/// <summary>A topic as the cluster describes it.</summary>
public sealed record TopicDescription(
    string Name,
    TopicId Id,
    bool IsInternal,
    IReadOnlyList<PartitionDescription> Partitions
);
