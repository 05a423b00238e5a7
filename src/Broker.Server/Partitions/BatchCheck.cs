using System.Globalization;
using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Records;

namespace Broker.Server.Partitions;

/// <summary>Judges a producer's batch by all that does not depend on the log's end. Runs on the caller's
/// thread.</summary>
internal static class BatchCheck
{
    /// <summary>
    /// True, and the header as it will be stored; otherwise why not. Gives the batch the broker's time where the topic
    /// asks for it, and corrects a largest timestamp that its records contradict.
    /// </summary>
    public static bool TryPrepare(
        Memory<byte> batch, TopicSettings settings, long now, out RecordBatchHeader header, out ProduceOutcome refusal)
    {
        refusal = default;
        BatchVerdict verdict = RecordBatchValidator.Validate(batch, RulesOf(settings));
        header = verdict.Header;
        if (!verdict.IsValid)
        {
            refusal = Refuse(FaultOf(verdict.Fault), verdict.Message, verdict.BadRecord);
            return false;
        }

        if (settings.Compacts && FindKeyless(batch, out int record))
        {
            refusal = Refuse(PartitionFault.InvalidRecord, "A record of a compacted topic needs a key.", record);
            return false;
        }

        if (settings.LogAppendTime)
            RecordBatchStamp.StampLogAppendTime(batch.Span, now);
        else if (verdict.MaxTimestamp != header.MaxTimestamp)
            RecordBatchStamp.StampMaxTimestamp(batch.Span, verdict.MaxTimestamp);
        else
            return true;

        header = RecordBatchHeader.Read(batch.Span);
        return true;
    }

    public static BatchRules RulesOf(TopicSettings settings) =>
        new(settings.MaxMessageBytes, OpenCompressed: settings.Compacts);

    private static PartitionFault FaultOf(BatchFault fault) => fault switch
    {
        BatchFault.Truncated or BatchFault.CorruptCrc => PartitionFault.CorruptBatch,
        BatchFault.InvalidRecord => PartitionFault.InvalidRecord,
        BatchFault.TooLarge => PartitionFault.BatchTooLarge,
        BatchFault.UnsupportedMagic or BatchFault.UnsupportedCodec => PartitionFault.Unsupported,
        _ => throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"A valid batch has no fault, and {fault} is not one.")),
    };

    private static bool FindKeyless(ReadOnlyMemory<byte> batch, out int record)
    {
        using var reader = new RecordBatchReader();
        record = 0;
        for (reader.Open(batch); reader.TryRead(out RecordView view); record++)
        {
            if (!view.HasKey)
                return true;
        }

        return false;
    }

    private static ProduceOutcome Refuse(PartitionFault fault, string? message, int record = -1) =>
        new(fault) { Message = message, BadRecord = record };
}
