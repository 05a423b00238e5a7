using Broker.Model;
using Broker.Protocol.Records;
using Broker.Storage;

namespace Broker.Server.Partitions.Reading;

/// <summary>Finds the first record at or after a time: its batch by the log's index, the record by opening the
/// batch.</summary>
internal static class RecordLookUp
{
    public readonly record struct Found(Offset Offset, long Timestamp);

    public static async Task<Found?> FindAsync(
        IPartitionReplica replica, DiskReads diskReads, long timestamp, Offset limit) =>
        await diskReads.RunAsync(() => Find(replica, timestamp, limit));

    private static Found? Find(IPartitionReplica replica, long timestamp, Offset limit)
    {
        if (replica.FindByTimestamp(timestamp, limit) is not { } batch)
            return null;

        using var slices = new LogSlices();
        ReadOutcome read = replica.ReadBatches(
            batch.BaseOffset, limit, maxBytes: 1, atLeastOne: true, memoryOnly: false, slices);
        return read == ReadOutcome.Ok && slices.Pieces.Count > 0
            ? FindRecord(slices.Pieces[0], timestamp)
            : new Found(batch.BaseOffset, batch.MaxTimestamp);
    }

    private static Found? FindRecord(ReadOnlyMemory<byte> batch, long timestamp)
    {
        using var reader = new RecordBatchReader();
        reader.Open(batch);
        if (reader.Header.Attributes.IsLogAppendTime)
            return new Found(reader.Header.BaseOffset, reader.Header.MaxTimestamp);

        while (reader.TryRead(out RecordView record))
        {
            long at = reader.Header.BaseTimestamp + record.TimestampDelta;
            if (at >= timestamp)
                return new Found(reader.Header.BaseOffset + record.OffsetDelta, at);
        }

        // The header promised a record this late and none is: take the batch, reading on from there misses nothing.
        return new Found(reader.Header.BaseOffset, reader.Header.MaxTimestamp);
    }
}
