using System.Collections.Immutable;
using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>Replicas of a partition are on their way.</summary>
/// <param name="Target">Where they are to be, the preferred leader first.</param>
/// <param name="Original">Where they were; the target of a reassignment that is being cancelled.</param>
/// <param name="At">
/// The metadata log's index that gave this target. What a leader says of an earlier one is not taken for this one.
/// </param>
[MessagePackObject]
public sealed record Reassignment(
    [property: Key(0)] ImmutableArray<BrokerId> Target,
    [property: Key(1)] ImmutableArray<BrokerId> Original,
    [property: Key(2)] long At);
