using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Protocol.Tests.Records;

public sealed class RecordBatchTests
{
    private static readonly BatchRules Rules = new(MaxBatchBytes: 8 << 20, OpenCompressed: true);

    [Property]
    public void What_is_built_is_read_back(byte[]?[] keys, byte[]?[] values, long[] timestamps, byte codec)
    {
        CompressionType type = (CompressionType)(codec % 5);
        using RecordBatchBuilder builder = new(type);
        int count = 1 + keys.Length;
        for (int i = 0; i < count; i++)
        {
            builder.Append(TimestampOf(timestamps, i), At(keys, i), At(values, i), HeadersOf(i));
        }

        ReadOnlyMemory<byte> batch = builder.Build(new ProducerId(7), 3, 11);

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules);
        Assert.Equal((BatchFault.None, null), (verdict.Fault, verdict.Message));
        RecordBatchHeader header = verdict.Header;
        Assert.Equal((type, count, 11), (header.Attributes.Compression, header.RecordCount, header.BaseSequence));
        Assert.Equal(verdict.Header.MaxTimestamp, verdict.MaxTimestamp);
        using RecordBatchReader reader = new();
        reader.Open(batch);
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryRead(out RecordView record));
            Assert.Equal(i, record.OffsetDelta);
            Assert.Equal(TimestampOf(timestamps, i), reader.Header.BaseTimestamp + record.TimestampDelta);
            Assert.Equal(At(keys, i), record.HasKey ? record.Key.ToArray() : null);
            Assert.Equal(At(values, i), record.HasValue ? record.Value.ToArray() : null);
            AssertHeaders(HeadersOf(i), record);
        }

        Assert.False(reader.TryRead(out _));
    }

    [Property]
    public void Another_codec_changes_nothing_but_the_records_bytes(byte[] value, byte fromCodec, byte toCodec)
    {
        (CompressionType from, CompressionType to) = ((CompressionType)(fromCodec % 5), (CompressionType)(toCodec % 5));
        using RecordBatchBuilder builder = new(from);
        for (int i = 0; i < 3; i++)
            builder.Append(1000 + i, [(byte)i], value);
        ReadOnlyMemory<byte> batch = builder.Build(new ProducerId(7), 3, 11);

        using BoundedBuffer recoded = new(int.MaxValue);
        RecordBatchRecoder.Recode(batch, to, Rules.MaxInflatedBytes, recoded);

        BatchVerdict verdict = RecordBatchValidator.Validate(recoded.WrittenMemory.ToArray(), Rules);
        Assert.Equal((BatchFault.None, null), (verdict.Fault, verdict.Message));
        RecordBatchHeader before = RecordBatchHeader.Read(batch.Span);
        Assert.Equal(to, verdict.Header.Attributes.Compression);
        Assert.Equal(
            (before.RecordCount, before.BaseTimestamp, before.MaxTimestamp, before.ProducerId, before.BaseSequence),
            (verdict.Header.RecordCount, verdict.Header.BaseTimestamp, verdict.Header.MaxTimestamp,
                verdict.Header.ProducerId, verdict.Header.BaseSequence));
        using RecordBatchReader reader = new();
        reader.Open(recoded.WrittenMemory.ToArray());
        for (int i = 0; i < 3; i++)
        {
            Assert.True(reader.TryRead(out RecordView record));
            Assert.Equal([(byte)i], record.Key.ToArray());
            Assert.Equal(value, record.Value.ToArray());
        }
    }

    [Property(MaxTest = 300)]
    public void A_flipped_bit_behind_the_checksum_is_noticed(int position, byte bit)
    {
        byte[] batch = Sample();
        int at = PlaceBehindChecksum(batch, position);
        batch[at] ^= (byte)(1 << (bit % 8));

        Assert.Equal(BatchFault.CorruptCrc, RecordBatchValidator.Validate(batch, Rules).Fault);
    }

    [Property(MaxTest = 2000)]
    public void Broken_bytes_with_a_right_checksum_are_refused_or_read_whole(byte[] noise, int position, byte codec)
    {
        byte[] batch = Sample((CompressionType)(codec % 5));
        int at = PlaceBehindChecksum(batch, position);
        noise.AsSpan(0, Math.Min(noise.Length, batch.Length - at)).CopyTo(batch.AsSpan(at));
        Reseal(batch);

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules with { MaxInflatedBytes = 1 << 20 });

        if (verdict.IsValid)
        {
            using RecordBatchReader reader = new(1 << 20);
            reader.Open(batch);
            int read = 0;
            while (reader.TryRead(out _))
            {
                read++;
            }

            Assert.Equal(verdict.Header.LastOffsetDelta + 1, read);
        }
    }

    [Fact]
    public void A_stamp_changes_nothing_that_the_checksum_covers()
    {
        byte[] batch = Sample();

        RecordBatchStamp.Stamp(batch, new Offset(1_000_000_007), new Term(42));

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules);
        Assert.True(verdict.IsValid);
        Assert.Equal((1_000_000_007L, 42), (verdict.Header.BaseOffset.Value, verdict.Header.LeaderEpoch));
    }

    [Fact]
    public void Log_append_time_is_every_records_time()
    {
        byte[] batch = Sample();

        RecordBatchStamp.StampLogAppendTime(batch, 1234);

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules);
        Assert.True(verdict.IsValid);
        Assert.True(verdict.Header.Attributes.IsLogAppendTime);
        Assert.Equal(1234, verdict.MaxTimestamp);
    }

    [Fact]
    public void A_largest_timestamp_that_no_record_has_is_found_out()
    {
        byte[] batch = Sample();
        RecordBatchStamp.StampMaxTimestamp(batch, 999);

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules);

        Assert.Equal((BatchFault.None, 999L, 1L), (verdict.Fault, verdict.Header.MaxTimestamp, verdict.MaxTimestamp));
    }

    [Theory]
    [InlineData(RecordBatchLayout.Magic, 1, BatchFault.UnsupportedMagic)]
    [InlineData(RecordBatchLayout.BatchLength + 3, 0, BatchFault.Truncated)]
    [InlineData(RecordBatchLayout.Attributes + 1, 5, BatchFault.UnsupportedCodec)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x20, BatchFault.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x10, BatchFault.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x40, BatchFault.InvalidRecord)]
    [InlineData(RecordBatchLayout.RecordCount + 3, 3, BatchFault.InvalidRecord)]
    [InlineData(RecordBatchLayout.LastOffsetDelta + 3, 3, BatchFault.InvalidRecord)]
    [InlineData(RecordBatchLayout.ProducerId, 0, BatchFault.InvalidRecord)]
    public void A_wrong_field_is_refused_by_name(int position, byte value, BatchFault expected)
    {
        byte[] batch = Sample();
        batch[position] = value;
        Reseal(batch);

        BatchVerdict verdict = RecordBatchValidator.Validate(batch, Rules);

        Assert.Equal(expected, verdict.Fault);
        Assert.NotNull(verdict.Message);
    }

    [Fact]
    public void A_second_batch_behind_the_first_is_refused()
    {
        byte[] two = [.. Sample(), .. Sample()];

        Assert.Equal(BatchFault.Truncated, RecordBatchValidator.Validate(two, Rules).Fault);
    }

    [Fact]
    public void A_batch_over_the_topics_limit_is_refused() =>
        Assert.Equal(
            BatchFault.TooLarge, RecordBatchValidator.Validate(Sample(), Rules with { MaxBatchBytes = 100 }).Fault);

    [Fact]
    public void A_compressed_batch_is_not_opened_unless_asked()
    {
        byte[] batch = Sample(CompressionType.Zstd);
        batch.AsSpan(RecordBatchLayout.HeaderSize).Clear();
        Reseal(batch);

        Assert.True(RecordBatchValidator.Validate(batch, Rules with { OpenCompressed = false }).IsValid);
        Assert.Equal(BatchFault.InvalidRecord, RecordBatchValidator.Validate(batch, Rules).Fault);
    }

    [Fact]
    public void Sequences_wrap_after_the_largest_one()
    {
        Assert.Equal(0, RecordBatchHeader.SequenceAfter(int.MaxValue, 1));
        Assert.Equal(4, RecordBatchHeader.SequenceAfter(int.MaxValue - 5, 10));
    }

    private static byte[] Sample(CompressionType type = CompressionType.None)
    {
        using RecordBatchBuilder builder = new(type);
        builder.Append(1, new byte[] { 1, 2 }, new byte[200], HeadersOf(1));
        builder.Append(0, null, new byte[300]);
        return builder.Build().ToArray();
    }

    private static void Reseal(byte[] batch)
    {
        uint crc = Crc32C.Compute(batch.AsSpan(RecordBatchLayout.Attributes));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(RecordBatchLayout.Crc), crc);
    }

    private static byte[]? At(byte[]?[] values, int index) => index < values.Length ? values[index] : null;

    private static int PlaceBehindChecksum(byte[] batch, int position) =>
        RecordBatchLayout.Attributes + (int)((uint)position % (uint)(batch.Length - RecordBatchLayout.Attributes));

    private static long TimestampOf(long[] timestamps, int index) =>
        index < timestamps.Length ? timestamps[index] : index;

    private static List<KeyValuePair<string, byte[]?>> HeadersOf(int index) =>
        [.. Enumerable.Range(0, index % 3).Select(HeaderOf)];

    private static KeyValuePair<string, byte[]?> HeaderOf(int index) =>
        new($"header-{index}-é", index == 0 ? null : [9]);

    private static void AssertHeaders(List<KeyValuePair<string, byte[]?>> expected, RecordView record)
    {
        int next = 0;
        foreach (RecordHeaderView header in record.Headers)
        {
            Assert.Equal(expected[next].Key, System.Text.Encoding.UTF8.GetString(header.Key));
            Assert.Equal(expected[next].Value, header.HasValue ? header.Value.ToArray() : null);
            next++;
        }

        Assert.Equal(expected.Count, next);
    }
}
