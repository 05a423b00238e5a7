using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// An entry's bytes, the same on every disk and on the wire between brokers. Little-endian:
/// <code>
///  0 u32 length of the whole frame     24 i64 offset at which it stands
///  4 u32 crc32c of all that follows    32 i32 offsets that it takes
///  8 i64 index                         36 u32 writer (see WriterMark)
/// 16 i32 term                          40 i64 highest timestamp, −1 for none
/// 20 u8  kind, 3 bytes zero            48 i64 flushed index of the writer
///                                      56 payload
/// </code>
/// </summary>
public static class EntryFrame
{
    public const int HeaderSize = 56;

    /// <summary>No frame is longer; a length beyond it is damage.</summary>
    public const int MaxLength = 1 << 30;

    internal const int LengthSize = 4;
    private const int CrcAt = 4;
    private const int CheckedFrom = 8;
    private const int IndexAt = 8;
    private const int TermAt = 16;
    private const int KindAt = 20;
    private const int OffsetAt = 24;
    private const int SpanAt = 32;
    private const int WriterAt = 36;
    private const int TimestampAt = 40;
    private const int FlushedAt = 48;

    /// <summary>
    /// Builds a frame in place: the payload already stands in the buffer at <paramref name="start"/> +
    /// <see cref="HeaderSize"/>; this fills in the header before it and the checksum.
    /// </summary>
    public static LogEntry Seal(SharedBuffer buffer, int start, int payloadLength, in EntryHeader header)
    {
        Span<byte> frame = WriteHeader(buffer, start, payloadLength, header);
        WriteChecksum(frame, Crc32C.Compute(frame[CheckedFrom..]));
        return View(buffer, start, frame);
    }

    /// <summary>
    /// The same where the checksum of the payload's last <paramref name="tailLength"/> bytes is known already, as a
    /// record batch's own is: only what stands before them is read.
    /// </summary>
    public static LogEntry Seal(
        SharedBuffer buffer, int start, int payloadLength, in EntryHeader header, uint tailCrc, int tailLength)
    {
        Span<byte> frame = WriteHeader(buffer, start, payloadLength, header);
        uint head = Crc32C.Compute(frame[CheckedFrom..^tailLength]);
        WriteChecksum(frame, Crc32C.Combine(head, tailCrc, tailLength));
        return View(buffer, start, frame);
    }

    /// <summary>
    /// Reads the frame at <paramref name="start"/> of a buffer, with <paramref name="available"/> bytes there.
    /// </summary>
    public static FrameStatus TryRead(SharedBuffer buffer, int start, int available, out LogEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> bytes = buffer.Span.Slice(start, available);
        FrameStatus status = Check(bytes, out int length);
        if (status is FrameStatus.Ok)
            entry = View(buffer, start, bytes[..length]);
        return status;
    }

    /// <summary>Verifies the frame at the beginning of <paramref name="bytes"/>.</summary>
    internal static FrameStatus Check(ReadOnlySpan<byte> bytes, out int length)
    {
        FrameStatus status = TryReadLength(bytes, out length);
        if (status is not FrameStatus.Ok)
            return status;
        if (bytes.Length < length)
            return FrameStatus.Incomplete;
        ReadOnlySpan<byte> frame = bytes[..length];
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[CrcAt..]) != Crc32C.Compute(frame[CheckedFrom..]))
            return FrameStatus.Corrupt;
        return frame[KindAt] is >= (byte)EntryKind.Data and <= (byte)EntryKind.Hole
            ? FrameStatus.Ok
            : FrameStatus.UnknownKind;
    }

    /// <summary>The length that the frame claims; Corrupt if it is impossible.</summary>
    internal static FrameStatus TryReadLength(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < LengthSize)
            return FrameStatus.Incomplete;
        uint claimed = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (claimed is < HeaderSize or > MaxLength)
            return FrameStatus.Corrupt;
        length = (int)claimed;
        return FrameStatus.Ok;
    }

    internal static LogIndex IndexOf(ReadOnlySpan<byte> frame) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(frame[IndexAt..]));

    internal static uint WriterOf(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[WriterAt..]);

    internal static bool LooksLikeHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && TryReadLength(bytes, out _) is FrameStatus.Ok
        && bytes[KindAt + 1] == 0 && bytes[KindAt + 2] == 0 && bytes[KindAt + 3] == 0;

    /// <summary>The entry whose verified frame stands at <paramref name="start"/>.</summary>
    internal static LogEntry View(SharedBuffer buffer, int start, ReadOnlySpan<byte> frame) => new()
    {
        Buffer = buffer,
        Start = start,
        Length = frame.Length,
        Index = IndexOf(frame),
        Term = new Term(BinaryPrimitives.ReadInt32LittleEndian(frame[TermAt..])),
        Kind = (EntryKind)frame[KindAt],
        Offset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(frame[OffsetAt..])),
        OffsetSpan = BinaryPrimitives.ReadInt32LittleEndian(frame[SpanAt..]),
        MaxTimestamp = BinaryPrimitives.ReadInt64LittleEndian(frame[TimestampAt..]),
        Mark = new WriterMark(
            BinaryPrimitives.ReadUInt32LittleEndian(frame[WriterAt..]),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(frame[FlushedAt..]))),
    };

    private static Span<byte> WriteHeader(SharedBuffer buffer, int start, int payloadLength, in EntryHeader header)
    {
        Span<byte> frame = buffer.Span.Slice(start, HeaderSize + payloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[IndexAt..], header.Index.Value);
        BinaryPrimitives.WriteInt32LittleEndian(frame[TermAt..], header.Term.Value);
        BinaryPrimitives.WriteInt32LittleEndian(frame[KindAt..], (byte)header.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(frame[OffsetAt..], header.Offset.Value);
        BinaryPrimitives.WriteInt32LittleEndian(frame[SpanAt..], header.OffsetSpan);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[WriterAt..], header.Mark.Writer);
        BinaryPrimitives.WriteInt64LittleEndian(frame[TimestampAt..], header.MaxTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(frame[FlushedAt..], header.Mark.Flushed.Value);
        return frame;
    }

    private static void WriteChecksum(Span<byte> frame, uint crc) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[CrcAt..], crc);
}
