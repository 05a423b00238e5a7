using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Where a log that is built anew begins: behind an entry that is committed and that the leader's own log begins
/// behind, and with what was applied up to the checkpoint, which may lie further on. The same bytes travel and are
/// stored: magic, version, CRC-32C of what follows, the numbers below in their order, the checkpoint's state.
/// </summary>
/// <param name="Index">The entry before the first.</param>
/// <param name="NextOffset">The offset at which the first entry stands.</param>
/// <param name="Checkpoint">At or behind <paramref name="Index"/>, and committed.</param>
public sealed record LogBase(
    LogIndex Index,
    Term Term,
    Offset NextOffset,
    LogIndex LogStartIndex,
    Offset LogStartOffset,
    LogCheckpoint Checkpoint)
{
    private const uint Magic = 0x53414242; // "BBAS"
    private const int Version = 1;
    private const int HeaderSize = 12;
    private const int FixedSize = HeaderSize + (5 * sizeof(long)) + (2 * sizeof(int));

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[FixedSize + Checkpoint.State.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
        Span<byte> body = bytes.AsSpan(HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(body, Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], NextOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[16..], LogStartIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[24..], LogStartOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(body[32..], Checkpoint.Index.Value);
        BinaryPrimitives.WriteInt32LittleEndian(body[40..], Term.Value);
        BinaryPrimitives.WriteInt32LittleEndian(body[44..], Checkpoint.Term.Value);
        Checkpoint.State.Span.CopyTo(body[48..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Compute(body));
        return bytes;
    }

    /// <summary>False: it is cut short, damaged, or of a version that this broker does not know.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LogBase? found)
    {
        found = null;
        ReadOnlySpan<byte> span = bytes.Span;
        bool isWhole = span.Length >= FixedSize
            && BinaryPrimitives.ReadUInt32LittleEndian(span) == Magic
            && BinaryPrimitives.ReadInt32LittleEndian(span[4..]) == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(span[8..]) == Crc32C.Compute(span[HeaderSize..]);
        if (!isWhole)
            return false;

        ReadOnlySpan<byte> body = span[HeaderSize..];
        found = new LogBase(
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(body)),
            new Term(BinaryPrimitives.ReadInt32LittleEndian(body[40..])),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(body[8..])),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(body[16..])),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(body[24..])),
            new LogCheckpoint(
                new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(body[32..])),
                new Term(BinaryPrimitives.ReadInt32LittleEndian(body[44..])),
                bytes[FixedSize..]));
        return true;
    }
}
