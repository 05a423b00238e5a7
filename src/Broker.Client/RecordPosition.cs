using Broker.Model;

namespace Broker.Client;

/// <summary>Where an acknowledged record stands.</summary>
/// <param name="Partition">In which partition.</param>
/// <param name="Offset">At which offset; -1 if the acknowledgement does not say (<see cref="Acks.None"/>, or a
/// duplicate).</param>
public readonly record struct RecordPosition(TopicPartition Partition, Offset Offset);
