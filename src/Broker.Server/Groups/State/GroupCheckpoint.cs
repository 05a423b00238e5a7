using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Server.Coordination;
using Broker.Server.Groups.Log;
using Broker.Storage;

namespace Broker.Server.Groups.State;

/// <summary>
/// The bytes of a checkpoint of a group coordinator's replica: see <see cref="CoordinatorCheckpoint"/>. The second
/// version, written only while offsets are pending, goes on with them, in the order of the log: i32 how many | for
/// each: i32 length, key, i32 length, value, i32 length, i64 producer.
/// </summary>
internal static class GroupCheckpoint
{
    private const byte Version = 0x47;
    private const byte WithPending = 0x48;

    public static void Write(IBufferWriter<byte> into, ReadOnlySpan<byte> partition, GroupTable table)
    {
        IReadOnlyList<PendingOffset> pending = table.Pending.All;
        CoordinatorCheckpoint.Write(
            into,
            pending.Count > 0 ? WithPending : Version,
            partition,
            [.. table.Records().Select(GroupRecordCodec.Encode)]);
        if (pending.Count == 0)
            return;

        CoordinatorCheckpoint.WriteNumber(into, pending.Count);
        byte[] producer = new byte[sizeof(long)];
        foreach (PendingOffset each in pending)
        {
            (byte[] key, byte[]? value) = GroupRecordCodec.Encode(each.Offset);
            CoordinatorCheckpoint.WritePiece(into, key);
            CoordinatorCheckpoint.WritePiece(into, value);
            BinaryPrimitives.WriteInt64BigEndian(producer, each.Producer.Value);
            CoordinatorCheckpoint.WritePiece(into, producer);
        }
    }

    /// <summary>Fills the table; returns what the partition itself remembers.</summary>
    /// <exception cref="StorageException">The bytes are no such checkpoint: offsets would be missing.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, GroupTable table)
    {
        table.Clear();
        if (bytes.IsEmpty || bytes[0] is not (Version or WithPending))
            throw new StorageException("The checkpoint of a group coordinator has a form that is not known here.");

        bool hasPending = bytes[0] == WithPending;
        bytes = bytes[1..];
        ReadOnlySpan<byte> partition = CoordinatorCheckpoint.Read(ref bytes, (key, value) =>
        {
            if (GroupRecordCodec.Decode(key, value) is { } record)
                table.Apply(record);
        });
        if (hasPending)
            ReadPending(bytes, table);
        return partition;
    }

    private static void ReadPending(ReadOnlySpan<byte> bytes, GroupTable table)
    {
        for (int left = CoordinatorCheckpoint.TakeNumber(ref bytes); left > 0; left--)
        {
            byte[] key = CoordinatorCheckpoint.TakePiece(ref bytes).ToArray();
            byte[] value = CoordinatorCheckpoint.TakePiece(ref bytes).ToArray();
            ReadOnlySpan<byte> producer = CoordinatorCheckpoint.TakePiece(ref bytes);
            if (producer.Length != sizeof(long) || GroupRecordCodec.Decode(key, value) is not OffsetRecord offset)
                throw new StorageException("The checkpoint of a group coordinator names an offset that can't be read.");
            table.Apply(new PendingOffset(new ProducerId(BinaryPrimitives.ReadInt64BigEndian(producer)), offset));
        }
    }
}
