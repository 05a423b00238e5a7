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
        Offset from = replica.LogStart;
        while (replica.FindByTimestamp(timestamp, from, limit) is { } batch)
        {
            using var slices = new LogSlices();
            from = Offset.Max(from, batch.BaseOffset);
            ReadOutcome read = replica.ReadBatches(
                from, limit, maxBytes: 1, atLeastOne: true, memoryOnly: false, slices);
            if (read != ReadOutcome.Ok || slices.Pieces.Count == 0)
                return new Found(from, batch.MaxTimestamp);
            if (FindRecord(slices.Pieces[0], timestamp, ref from) is { } found)
                return found;
        }

        return null;
    }

    /// <param name="from">What lies below is deleted. Null: look on from here.</param>
    private static Found? FindRecord(ReadOnlyMemory<byte> batch, long timestamp, ref Offset from)
    {
        using var reader = new RecordBatchReader();
        reader.Open(batch);
        if (reader.Header.Attributes.IsLogAppendTime)
            return new Found(Offset.Max(from, reader.Header.BaseOffset), reader.Header.MaxTimestamp);

        while (reader.TryRead(out RecordView record))
        {
            long at = reader.Header.BaseTimestamp + record.TimestampDelta;
            Offset offset = reader.Header.BaseOffset + record.OffsetDelta;
            if (at >= timestamp && offset >= from)
                return new Found(offset, at);
        }

        // The record that the header promised may be one of those that are deleted.
        if (reader.Header.BaseOffset < from)
        {
            from = reader.Header.NextOffset;
            return null;
        }

        // The header promised a record this late and none is: take the batch, reading on from there misses nothing.
        return new Found(reader.Header.BaseOffset, reader.Header.MaxTimestamp);
    }
}
