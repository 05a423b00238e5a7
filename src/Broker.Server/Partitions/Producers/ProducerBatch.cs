using Broker.Model;

namespace Broker.Server.Partitions.Producers;

/// <summary>What an idempotent batch says about itself, read from its header.</summary>
public readonly record struct ProducerBatch(
    ProducerId Producer, short Epoch, int FirstSequence, int Count, Offset BaseOffset, long Timestamp)
{
    public int LastSequence => ProducerSequence.Add(FirstSequence, Count - 1);
}
