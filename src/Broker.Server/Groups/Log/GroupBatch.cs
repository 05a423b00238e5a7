using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Records;
using Broker.Server.Coordination;

namespace Broker.Server.Groups.Log;

/// <summary>Records of a group coordinator as one batch, and what a batch means once it is committed.</summary>
internal static class GroupBatch
{
    /// <param name="now">Unix milliseconds: when the records were made.</param>
    public static byte[] Of(IReadOnlyList<GroupRecord> records, long now) =>
        CoordinatorBatch.Of(records.Select(GroupRecordCodec.Encode), now);

    /// <summary>Offsets that are committed with a producer's transaction.</summary>
    public static byte[] Of(IReadOnlyList<OffsetRecord> records, long now, ProducerId producer, short epoch) =>
        CoordinatorBatch.Of(records.Select(GroupRecordCodec.Encode), now, producer, epoch);

    /// <summary>What of a batch is understood here.</summary>
    /// <param name="unreadable">Told of every record that is not.</param>
    public static IReadOnlyList<GroupRecord> Read(ReadOnlyMemory<byte> batch, Action<string> unreadable)
    {
        RecordBatchHeader header = RecordBatchHeader.Read(batch.Span);
        if (header.Attributes.IsControl)
            return ReadMarker(batch, header.ProducerId, unreadable);

        IReadOnlyList<GroupRecord> records = CoordinatorBatch.Read(batch, GroupRecordCodec.Decode, unreadable);
        return header.Attributes.IsTransactional
            ? [.. records.OfType<OffsetRecord>().Select(offset => new PendingOffset(header.ProducerId, offset))]
            : records;
    }

    private static IReadOnlyList<GroupRecord> ReadMarker(
        ReadOnlyMemory<byte> batch, ProducerId producer, Action<string> unreadable)
    {
        try
        {
            return TransactionMarker.Read(batch) is { } marker
                ? [new TransactionEnded(producer, marker.IsCommit)]
                : [];
        }
        catch (ProtocolException malformed)
        {
            unreadable(malformed.Message);
            return [];
        }
    }
}
