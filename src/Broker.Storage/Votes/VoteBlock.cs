using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What one flush of the vote journal writes: a header and the states of some groups, padded to whole sectors.
/// Little-endian: magic, crc32c of all that follows, length, count, generation, sequence within it (0: a snapshot of
/// all groups), the data directory's incarnation; then 72 bytes per group.
/// </summary>
internal static class VoteBlock
{
    public const int Sector = 512;
    private const uint Magic = 0x544F5642; // "BVOT"
    private const int HeaderSize = 48;
    private const int RecordSize = 72;
    private const int Forgotten = 1;

    // A version that does not know it takes the group for one that has not been taken in, which is safe.
    private const int TakenIn = 2;
    private const int LostPower = 4;

    public static int PaddedLength(int records) =>
        (HeaderSize + (records * RecordSize) + Sector - 1) / Sector * Sector;

    public static void Write(
        Span<byte> into, Incarnation incarnation, (long Generation, long Sequence) number,
        IReadOnlyList<(PartitionId Group, GroupState? State)> records)
    {
        into.Clear();
        int length = HeaderSize + (records.Count * RecordSize);
        BinaryPrimitives.WriteUInt32LittleEndian(into, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], records.Count);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], number.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], number.Sequence);
        incarnation.Value.TryWriteBytes(into[32..], bigEndian: true, out _);
        for (int i = 0; i < records.Count; i++)
            WriteRecord(into.Slice(HeaderSize + (i * RecordSize), RecordSize), records[i].Group, records[i].State);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Crc32C.Compute(into[8..length]));
    }

    /// <summary>Whether a whole, valid block begins here.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> from, out Incarnation incarnation, out long generation, out long sequence, out int length)
    {
        incarnation = default;
        generation = sequence = 0;
        length = 0;
        if (from.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic)
            return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(from[8..]);
        int count = BinaryPrimitives.ReadInt32LittleEndian(from[12..]);
        if (count < 0 || length > from.Length || length != HeaderSize + ((long)count * RecordSize)
            || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Crc32C.Compute(from[8..length]))
        {
            return false;
        }

        generation = BinaryPrimitives.ReadInt64LittleEndian(from[16..]);
        sequence = BinaryPrimitives.ReadInt64LittleEndian(from[24..]);
        incarnation = new Incarnation(new Guid(from.Slice(32, 16), bigEndian: true));
        return true;
    }

    public static void Apply(ReadOnlySpan<byte> block, Dictionary<PartitionId, GroupState> states)
    {
        for (int at = HeaderSize; at < block.Length; at += RecordSize)
        {
            ReadOnlySpan<byte> record = block.Slice(at, RecordSize);
            var group = new PartitionId(
                new TopicId(new Guid(record[..16], bigEndian: true)),
                BinaryPrimitives.ReadInt32LittleEndian(record[16..]));
            if ((BinaryPrimitives.ReadInt32LittleEndian(record[28..]) & Forgotten) != 0)
                states.Remove(group);
            else
                states[group] = ReadState(record);
        }
    }

    private static void WriteRecord(Span<byte> into, PartitionId group, GroupState? known)
    {
        GroupState state = known ?? GroupState.Empty;
        group.Topic.Value.TryWriteBytes(into, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(into[16..], group.Index);
        BinaryPrimitives.WriteInt32LittleEndian(into[20..], state.Term.Value);
        BinaryPrimitives.WriteInt32LittleEndian(into[24..], state.VotedFor.Value);
        BinaryPrimitives.WriteInt32LittleEndian(into[28..], FlagsOf(known));
        BinaryPrimitives.WriteInt64LittleEndian(into[32..], state.Mark.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[40..], state.Commit.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[48..], state.LogStartIndex.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[56..], state.LogStartOffset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(into[64..], state.DamagedAt.Value);
    }

    private static int FlagsOf(GroupState? known) =>
        known is not { } state ? Forgotten : (state.IsTakenIn ? TakenIn : 0) | (state.LostPower ? LostPower : 0);

    private static GroupState ReadState(ReadOnlySpan<byte> from) => new()
    {
        Term = new Term(BinaryPrimitives.ReadInt32LittleEndian(from[20..])),
        VotedFor = new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(from[24..])),
        IsTakenIn = (BinaryPrimitives.ReadInt32LittleEndian(from[28..]) & TakenIn) != 0,
        Mark = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[32..])),
        Commit = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[40..])),
        LogStartIndex = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[48..])),
        LogStartOffset = new Offset(BinaryPrimitives.ReadInt64LittleEndian(from[56..])),
        DamagedAt = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(from[64..])),
        LostPower = (BinaryPrimitives.ReadInt32LittleEndian(from[28..]) & LostPower) != 0,
    };
}
