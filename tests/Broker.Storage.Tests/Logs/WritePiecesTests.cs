using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Logs;

public sealed class WritePiecesTests
{
    private readonly WritePieces _pieces = new();
    private readonly List<byte> _expected = [];
    private long _index;

    [Fact]
    public void Small_frames_that_stand_alone_are_one_piece()
    {
        for (int i = 0; i < 20; i++)
            AddAlone(100);

        Assert.Equal(_expected, Assert.Single(_pieces.Pieces).ToArray());
    }

    [Fact]
    public void Frames_side_by_side_are_one_piece_and_are_not_copied()
    {
        SharedBuffer buffer = AddSideBySide(5, payload: 100);

        Assert.True(Assert.Single(_pieces.Pieces).Span.Overlaps(buffer.Span));
        buffer.Release();
    }

    [Fact]
    public void A_large_frame_is_not_copied()
    {
        SharedBuffer buffer = AddAlone(10_000);

        Assert.True(Assert.Single(_pieces.Pieces).Span.Overlaps(buffer.Span));
    }

    [Property(MaxTest = 200)]
    public void Whatever_comes_is_written_byte_for_byte_in_its_order((byte Kind, ushort Size)[] frames)
    {
        for (int round = 0; round < 2; round++)
        {
            foreach ((byte kind, ushort size) in frames)
            {
                if (kind % 3 == 0)
                    AddSideBySide(1 + (kind % 4), size % 3000);
                else
                    AddAlone(kind % 3 == 1 ? size % 9000 : size);
            }

            Assert.Equal(_expected, _pieces.Pieces.SelectMany(piece => piece.ToArray()));
            Assert.Equal(_expected.Count, _pieces.Bytes);
            _pieces.Clear();
            _expected.Clear();
        }
    }

    private SharedBuffer AddAlone(int payload)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload);
        Add(buffer, 0, payload);
        return buffer;
    }

    private SharedBuffer AddSideBySide(int count, int payload)
    {
        int length = EntryFrame.HeaderSize + payload;
        SharedBuffer buffer = SharedBuffer.Rent(count * length);
        for (int i = 0; i < count; i++)
            Add(buffer, i * length, payload);
        return buffer;
    }

    private void Add(SharedBuffer buffer, int start, int payload)
    {
        buffer.Span.Slice(start + EntryFrame.HeaderSize, payload).Fill((byte)++_index);
        LogEntry entry = EntryFrame.Seal(buffer, start, payload, new EntryHeader
        {
            Index = new LogIndex(_index),
            Term = new Term(1),
            Kind = EntryKind.Data,
            Offset = new Offset(_index),
            OffsetSpan = 1,
            Mark = default,
        });
        _expected.AddRange(entry.Frame.Span);
        _pieces.Add(entry);
    }
}
