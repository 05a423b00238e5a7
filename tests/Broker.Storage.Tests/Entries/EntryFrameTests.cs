using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Entries;

public sealed class EntryFrameTests
{
    [Property]
    public void What_is_sealed_is_read_back(byte[] payload, long index, int term, long offset, int span, long timestamp)
    {
        var header = new EntryHeader
        {
            Index = new LogIndex(index),
            Term = new Term(term),
            Kind = EntryKind.Data,
            Offset = new Offset(offset),
            OffsetSpan = span,
            MaxTimestamp = timestamp,
            Mark = new WriterMark(7, new LogIndex(index - 1)),
        };
        SharedBuffer buffer = WithPayload(payload, start: 5);

        EntryFrame.Seal(buffer, 5, payload.Length, header);

        Assert.Equal(FrameStatus.Ok, EntryFrame.TryRead(buffer, 5, buffer.Length - 5, out LogEntry entry));
        Assert.Equal(header.Index, entry.Index);
        Assert.Equal(header.Term, entry.Term);
        Assert.Equal(header.Kind, entry.Kind);
        Assert.Equal(header.Offset, entry.Offset);
        Assert.Equal(header.OffsetSpan, entry.OffsetSpan);
        Assert.Equal(header.MaxTimestamp, entry.MaxTimestamp);
        Assert.Equal(header.Mark, entry.Mark);
        Assert.Equal(payload, entry.Payload.ToArray());
        Assert.Equal(EntryFrame.HeaderSize + payload.Length, entry.Frame.Length);
    }

    [Property]
    public void A_known_checksum_of_the_tail_gives_the_same_frame(byte[] payload, byte part)
    {
        SharedBuffer whole = WithPayload(payload, 0), joined = WithPayload(payload, 0);
        int tail = payload.Length == 0 ? 0 : part % (payload.Length + 1);

        EntryFrame.Seal(whole, 0, payload.Length, NoOp);
        EntryFrame.Seal(joined, 0, payload.Length, NoOp, Crc32C.Compute(payload.AsSpan(payload.Length - tail)), tail);

        Assert.Equal(whole.Memory.ToArray(), joined.Memory.ToArray());
    }

    [Property]
    public void A_flipped_bit_is_found(byte[] payload, int bit)
    {
        SharedBuffer buffer = WithPayload(payload, 0);
        EntryFrame.Seal(buffer, 0, payload.Length, NoOp);
        int at = (bit & int.MaxValue) % (buffer.Length * 8);
        buffer.Span[at / 8] ^= (byte)(1 << (at % 8));

        Assert.NotEqual(FrameStatus.Ok, EntryFrame.TryRead(buffer, 0, buffer.Length, out _));
    }

    [Property]
    public void A_frame_cut_short_is_not_a_frame(byte[] payload, int cut)
    {
        SharedBuffer buffer = WithPayload(payload, 0);
        EntryFrame.Seal(buffer, 0, payload.Length, NoOp);

        int available = (cut & int.MaxValue) % buffer.Length;
        Assert.Equal(FrameStatus.Incomplete, EntryFrame.TryRead(buffer, 0, available, out _));
    }

    [Fact]
    public void A_kind_of_a_newer_version_is_told_from_damage()
    {
        SharedBuffer buffer = WithPayload([1, 2, 3], 0);
        EntryFrame.Seal(buffer, 0, 3, new EntryHeader
        {
            Index = new LogIndex(1),
            Term = new Term(1),
            Kind = (EntryKind)9,
            Offset = Offset.Zero,
            Mark = default,
        });

        Assert.Equal(FrameStatus.UnknownKind, EntryFrame.TryRead(buffer, 0, buffer.Length, out _));
    }

    private static EntryHeader NoOp => new()
    {
        Index = new LogIndex(3),
        Term = new Term(2),
        Kind = EntryKind.NoOp,
        Offset = new Offset(10),
        MaxTimestamp = -1,
        Mark = new WriterMark(1, new LogIndex(2)),
    };

    private static SharedBuffer WithPayload(byte[] payload, int start)
    {
        SharedBuffer buffer = SharedBuffer.Rent(start + EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[(start + EntryFrame.HeaderSize)..]);
        return buffer;
    }
}
