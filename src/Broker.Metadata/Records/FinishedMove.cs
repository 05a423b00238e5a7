using Broker.Model;
using MessagePack;

namespace Broker.Metadata;

/// <summary>One partition's group has reached its target.</summary>
/// <param name="At">Which target: <see cref="Reassignment.At"/>.</param>
[MessagePackObject]
public readonly record struct FinishedMove(
    [property: Key(0)] TopicId Topic,
    [property: Key(1)] int Partition,
    [property: Key(2)] long At);
