using System.Collections.Immutable;
using Broker.Model;

namespace Broker.Metadata;

/// <summary>A topic that somebody wants.</summary>
/// <param name="Name">As the client gave it.</param>
/// <param name="Id">Drawn by the caller; used if the topic is created.</param>
/// <param name="Partitions">-1 for the default, or where <paramref name="Assignments"/> says it.</param>
/// <param name="ReplicationFactor">-1 for the default, or where <paramref name="Assignments"/> says it.</param>
/// <param name="Assignments">Partition to replicas, the preferred leader first; empty to let us place them.</param>
/// <param name="Configs">Name and value; a null value is refused.</param>
public sealed record TopicWish(
    string Name,
    TopicId Id,
    int Partitions,
    int ReplicationFactor,
    ImmutableArray<PartitionAssignment> Assignments,
    ImmutableArray<KeyValuePair<string, string?>> Configs);
