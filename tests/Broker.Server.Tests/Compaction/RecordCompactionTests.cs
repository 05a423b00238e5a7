using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Server.Compaction;
using Broker.Storage;
using Xunit;

namespace Broker.Server.Tests.Compaction;

public sealed class RecordCompactionTests
{
    private const long Now = 10_000;

    [Fact]
    public void Marks_of_deleted_keys_get_a_horizon_that_every_client_reads_past()
    {
        byte[] batch = Batch(CompressionType.Lz4, (1_000, 1, 7), (1_500, 2, null));
        CompactionVerdict verdict = Clean(batch, deleteRetentionMs: 500);

        RecordBatchHeader header = RecordBatchHeader.Read(verdict.Payload!.Value.Span);
        Assert.True(header.Attributes.HasDeleteHorizon);
        Assert.Equal((Now + 500, 1_500), (header.BaseTimestamp, header.MaxTimestamp));
        Assert.Equal(CompressionType.Lz4, header.Attributes.Compression);
        Assert.Equal([(0, 1_000), (1, 1_500)], Times(verdict.Payload.Value));
        Assert.Equal(1_500, verdict.MaxTimestamp);
    }

    [Fact]
    public void Control_batches_stay_whole_and_stand_for_no_key()
    {
        byte[] batch = Batch(CompressionType.None, (1_000, 1, null));
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatchLayout.Attributes), 0x30);
        Assert.Equal(CompactionVerdict.Keep, Clean(batch, deleteRetentionMs: 0));
    }

    [Fact]
    public void What_no_client_can_read_stays_as_it_is_and_hides_nothing()
    {
        byte[] batch = Batch(CompressionType.Gzip, (1_000, 1, 7), (1_000, 1, 8));
        batch.AsSpan(RecordBatchLayout.HeaderSize).Fill(0xFF);
        var keys = new KeyTable(KeyTable.SmallestBytes);
        int room = keys.Room;
        using var policy = new RecordCompaction(keys, Now, 0, 0);
        LogEntry entry = EntryOf(batch);
        Assert.True(policy.TryMap(entry));
        Assert.Equal(room, keys.Room);
        Assert.Equal(CompactionVerdict.Keep, policy.Clean(entry, isLast: false));
    }

    [Fact]
    public void Records_without_a_key_go()
    {
        byte[] batch = Batch(CompressionType.None, (1_000, null, 7), (1_200, 1, 8));
        CompactionVerdict verdict = Clean(batch, deleteRetentionMs: 0);
        Assert.Equal([(1, 1_200)], Times(verdict.Payload!.Value));
        RecordBatchHeader header = RecordBatchHeader.Read(verdict.Payload.Value.Span);
        Assert.Equal((1, 1), (header.LastOffsetDelta, header.RecordCount));
    }

    [Fact]
    public void A_batch_that_is_emptied_and_has_to_stay_is_a_header()
    {
        byte[] batch = Batch(CompressionType.Zstd, (1_000, null, 7));
        using var policy = new RecordCompaction(new KeyTable(KeyTable.SmallestBytes), Now, 0, 0);
        LogEntry entry = EntryOf(batch);
        Assert.True(policy.TryMap(entry));
        Assert.Equal(CompactionVerdict.Drop, policy.Clean(entry, isLast: false));

        ReadOnlyMemory<byte> left = policy.Clean(entry, isLast: true).Payload!.Value;
        RecordBatchHeader header = RecordBatchHeader.Read(left.Span);
        Assert.Equal(RecordBatchLayout.HeaderSize, left.Length);
        Assert.Equal(CompressionType.None, header.Attributes.Compression);
        Assert.Equal((0, 1_000), (header.RecordCount, header.MaxTimestamp));
        Assert.Equal(Crc32C.Compute(left.Span[RecordBatchLayout.Attributes..]), header.Crc);
    }

    private static CompactionVerdict Clean(byte[] batch, long deleteRetentionMs)
    {
        using var policy = new RecordCompaction(new KeyTable(KeyTable.SmallestBytes), Now, deleteRetentionMs, 0);
        LogEntry entry = EntryOf(batch);
        Assert.True(policy.TryMap(entry));
        CompactionVerdict verdict = policy.Clean(entry, isLast: false);
        return verdict.Payload is { } payload ? verdict with { Payload = payload.ToArray() } : verdict;
    }

    private static List<(int Offset, long Timestamp)> Times(ReadOnlyMemory<byte> batch)
    {
        List<(int, long)> times = [];
        using var reader = new RecordBatchReader();
        reader.Open(batch);
        while (reader.TryRead(out RecordView record))
            times.Add((record.OffsetDelta, reader.Header.BaseTimestamp + record.TimestampDelta));
        return times;
    }

    private static byte[] Batch(CompressionType codec, params (long Timestamp, byte? Key, byte? Value)[] records)
    {
        using var builder = new RecordBatchBuilder(codec);
        foreach ((long timestamp, byte? key, byte? value) in records)
            builder.Append(timestamp, key is { } k ? [k] : null, value is { } v ? new byte[] { v } : null);
        return builder.Build().ToArray();
    }

    private static LogEntry EntryOf(byte[] batch)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
        batch.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        return EntryFrame.Seal(buffer, 0, batch.Length, new EntryHeader
        {
            Index = new LogIndex(1),
            Term = new Term(1),
            Kind = EntryKind.Data,
            Offset = Offset.Zero,
            OffsetSpan = RecordBatchHeader.Read(batch).LastOffsetDelta + 1,
            Mark = default,
        });
    }
}
