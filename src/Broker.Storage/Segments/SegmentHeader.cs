using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// The beginning of a segment file. It says all that recovery needs to know of what stands before the segment, so older
/// segments are not read at a restart: a segment is begun only after its predecessor was flushed whole.
/// </summary>
internal sealed record SegmentHeader
{
    public const int FixedSize = 160;
    private const uint Magic = 0x47455342; // "BSEG"
    private const int EpochSize = 20;
    private const int MaxSize = 64 << 20;
    private const int CrcAt = 12;

    /// <summary>The version that says what a cleaned segment covers, behind the terms.</summary>
    private const int CleanedVersion = 2;

    public required PartitionId Group { get; init; }

    public required Incarnation Incarnation { get; init; }

    public required LogIndex FirstIndex { get; init; }

    public required Offset FirstOffset { get; init; }

    /// <summary>The term of the entry before the first; 0 at the beginning of the log.</summary>
    public required Term PreviousTerm { get; init; }

    /// <summary>The first index of the segment before, or 0.</summary>
    public LogIndex PreviousFirstIndex { get; init; }

    /// <summary>The length of the segment before, or 0.</summary>
    public long PreviousLength { get; init; }

    /// <summary>The highest timestamp in the segment before, or −1.</summary>
    public long PreviousMaxTimestamp { get; init; } = -1;

    public LogIndex LogStartIndex { get; init; }

    public Offset LogStartOffset { get; init; }

    /// <summary>When the segment was begun, in Unix milliseconds.</summary>
    public long CreatedAt { get; init; }

    /// <summary>All terms of the retained log below the segment, in order.</summary>
    public IReadOnlyList<Epoch> Epochs { get; init; } = [];

    /// <summary>Of a segment that compaction wrote; null for one that was written as the log grew.</summary>
    public CleanedRange? Cleaned { get; init; }

    /// <summary>Of two segments that hold the same entry, the higher one counts.</summary>
    public int Generation => Cleaned?.Generation ?? 0;

    /// <summary>Tells this segment from another one of the same name.</summary>
    public uint Checksum => BinaryPrimitives.ReadUInt32LittleEndian(ToBytes().AsSpan(CrcAt));

    /// <summary>How many bytes the header takes; the first frame stands behind them.</summary>
    public int Size => FixedSize + (Epochs.Count * EpochSize) + (Cleaned is null ? 0 : CleanedRange.Size);

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        Span<byte> span = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(span, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(span[4..], Cleaned is null ? FormatVersion.First : CleanedVersion);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], bytes.Length);
        Group.Topic.Value.TryWriteBytes(span[16..], bigEndian: true, out _);
        Incarnation.Value.TryWriteBytes(span[32..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(span[48..], Group.Index);
        BinaryPrimitives.WriteInt32LittleEndian(span[52..], PreviousTerm.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[56..], FirstIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[64..], FirstOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[72..], PreviousLength);
        BinaryPrimitives.WriteInt64LittleEndian(span[80..], PreviousMaxTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(span[88..], LogStartIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[96..], LogStartOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[104..], CreatedAt);
        BinaryPrimitives.WriteInt32LittleEndian(span[112..], Epochs.Count);
        BinaryPrimitives.WriteInt64LittleEndian(span[120..], PreviousFirstIndex.Value);
        for (int i = 0; i < Epochs.Count; i++)
        {
            Span<byte> at = span.Slice(FixedSize + (i * EpochSize), EpochSize);
            BinaryPrimitives.WriteInt32LittleEndian(at, Epochs[i].Term.Value);
            BinaryPrimitives.WriteInt64LittleEndian(at[4..], Epochs[i].FirstIndex.Value);
            BinaryPrimitives.WriteInt64LittleEndian(at[12..], Epochs[i].FirstOffset.Value);
        }

        Cleaned?.Write(span[^CleanedRange.Size..]);
        ReadOnlySpan<byte> content = span[(CrcAt + 4)..];
        BinaryPrimitives.WriteUInt32LittleEndian(
            span[CrcAt..],
            Cleaned is null ? Crc32C.Compute(content) : FormatVersion.ChecksumOf(CleanedVersion, content));
        return bytes;
    }

    /// <summary>Reads a header, or returns null with what is wrong with it.</summary>
    public static SegmentHeader? Read(IFile file, out string problem)
    {
        byte[] bytes = new byte[FixedSize];
        if (file.Read(bytes, 0) < FixedSize)
            return Refuse("the header is cut short", out problem);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            return Refuse("it does not begin like a segment", out problem);
        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (size is < FixedSize or > MaxSize)
            return Refuse("the header's length is impossible", out problem);
        Array.Resize(ref bytes, size);
        if (file.Read(bytes.AsSpan(FixedSize), FixedSize) < size - FixedSize)
            return Refuse("the header is cut short", out problem);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(CrcAt));
        if (!FormatVersion.IsWhole(version, checksum, bytes.AsSpan(CrcAt + 4), "a segment", CleanedVersion))
            return Refuse("the header's checksum does not fit", out problem);
        problem = "";
        return Parse(bytes, isCleaned: version == CleanedVersion);
    }

    private static SegmentHeader Parse(ReadOnlySpan<byte> bytes, bool isCleaned)
    {
        var epochs = new Epoch[BinaryPrimitives.ReadInt32LittleEndian(bytes[112..])];
        for (int i = 0; i < epochs.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Slice(FixedSize + (i * EpochSize), EpochSize);
            epochs[i] = new Epoch(
                new Term(BinaryPrimitives.ReadInt32LittleEndian(at)),
                new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(at[4..])),
                new Offset(BinaryPrimitives.ReadInt64LittleEndian(at[12..])));
        }

        return new SegmentHeader
        {
            Group = new PartitionId(
                new TopicId(new Guid(bytes.Slice(16, 16), bigEndian: true)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[48..])),
            Incarnation = new Incarnation(new Guid(bytes.Slice(32, 16), bigEndian: true)),
            PreviousTerm = new Term(BinaryPrimitives.ReadInt32LittleEndian(bytes[52..])),
            FirstIndex = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes[56..])),
            FirstOffset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(bytes[64..])),
            PreviousFirstIndex = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes[120..])),
            PreviousLength = BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
            PreviousMaxTimestamp = BinaryPrimitives.ReadInt64LittleEndian(bytes[80..]),
            LogStartIndex = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes[88..])),
            LogStartOffset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(bytes[96..])),
            CreatedAt = BinaryPrimitives.ReadInt64LittleEndian(bytes[104..]),
            Epochs = epochs,
            Cleaned = isCleaned ? CleanedRange.Read(bytes[^CleanedRange.Size..]) : null,
        };
    }

    private static SegmentHeader? Refuse(string reason, out string problem)
    {
        problem = reason;
        return null;
    }
}
