using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// One point of a segment's sparse index: where an entry's frame begins, and what is known there. The mark makes
/// it also a witness of durability: when the record was made, everything up to it had been flushed by this replica.
/// </summary>
/// <param name="MaxTimestampBefore">The highest timestamp in the segment before this entry, or −1.</param>
internal readonly record struct IndexRecord(
    LogIndex Index, Offset Offset, Term Term, long Position, long MaxTimestampBefore, LogIndex Mark)
{
    public const int Size = 48;

    public void Write(Span<byte> into)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into[4..], Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], Offset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(into[32..], MaxTimestampBefore);
        BinaryPrimitives.WriteInt64LittleEndian(into[40..], Mark.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(into, Crc32C.Compute(into[4..Size]));
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out IndexRecord record)
    {
        record = new IndexRecord(
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[8..])),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
            new Term(BinaryPrimitives.ReadInt32LittleEndian(from[4..])),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[40..])));
        return BinaryPrimitives.ReadUInt32LittleEndian(from) == Crc32C.Compute(from[4..Size]);
    }
}
