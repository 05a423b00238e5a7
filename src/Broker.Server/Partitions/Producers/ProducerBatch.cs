using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Server.Partitions.Producers;

/// <summary>What a batch of a producer with an id says about itself, read from its header.</summary>
public readonly record struct ProducerBatch(
    ProducerId Producer, short Epoch, int FirstSequence, int Count, Offset BaseOffset, long Timestamp)
{
    public bool IsTransactional { get; init; }

    /// <summary>False for offsets of a group, which a coordinator writes in a producer's name.</summary>
    public bool HasSequence => FirstSequence >= 0;

    public int LastSequence => ProducerSequence.Add(FirstSequence, Count - 1);

    public static ProducerBatch Of(in RecordBatchHeader header, Offset baseOffset) => new(
        header.ProducerId,
        header.ProducerEpoch,
        header.BaseSequence,
        header.LastOffsetDelta + 1,
        baseOffset,
        header.MaxTimestamp)
    {
        IsTransactional = header.Attributes.IsTransactional,
    };
}
