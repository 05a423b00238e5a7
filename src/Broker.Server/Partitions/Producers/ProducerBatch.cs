using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Server.Partitions.Producers;

/// <summary>What an idempotent batch says about itself, read from its header.</summary>
public readonly record struct ProducerBatch(
    ProducerId Producer, short Epoch, int FirstSequence, int Count, Offset BaseOffset, long Timestamp)
{
    public int LastSequence => ProducerSequence.Add(FirstSequence, Count - 1);

    public static ProducerBatch Of(in RecordBatchHeader header, Offset baseOffset) => new(
        header.ProducerId,
        header.ProducerEpoch,
        header.BaseSequence,
        header.LastOffsetDelta + 1,
        baseOffset,
        header.MaxTimestamp);
}
