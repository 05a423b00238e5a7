using System.Buffers;
using System.Buffers.Binary;
using Broker.Server.Groups.Log;
using Broker.Storage;

namespace Broker.Server.Groups.State;

/// <summary>
/// The bytes of a checkpoint of a coordinator's replica, big-endian: u8 version | i32 length | what the partition
/// itself has to remember | i32 records | for each: i32 length, key, i32 length, value, as they stand in the log. The
/// file around it has the checksum.
/// </summary>
internal static class GroupCheckpoint
{
    /// <summary>Not a version that the checkpoint of a plain partition has.</summary>
    private const byte Version = 0x47;

    public static void Write(IBufferWriter<byte> into, ReadOnlySpan<byte> partition, GroupTable table)
    {
        into.Write([Version]);
        WritePiece(into, partition);
        (byte[] Key, byte[]? Value)[] records = [.. table.Records().Select(GroupRecordCodec.Encode)];
        WriteNumber(into, records.Length);
        foreach ((byte[] key, byte[]? value) in records)
        {
            WritePiece(into, key);
            WritePiece(into, value);
        }
    }

    /// <summary>Fills the table; returns what the partition itself remembers.</summary>
    /// <exception cref="StorageException">The bytes are no such checkpoint: offsets would be missing.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, GroupTable table)
    {
        table.Clear();
        if (bytes.IsEmpty || bytes[0] != Version)
            throw new StorageException("The checkpoint of a group coordinator has a form that is not known here.");

        bytes = bytes[1..];
        ReadOnlySpan<byte> partition = TakePiece(ref bytes);
        for (int left = TakeNumber(ref bytes); left > 0; left--)
        {
            byte[] key = TakePiece(ref bytes).ToArray();
            byte[] value = TakePiece(ref bytes).ToArray();
            if (GroupRecordCodec.Decode(key, value) is { } record)
                table.Apply(record);
        }

        return partition;
    }

    private static void WriteNumber(IBufferWriter<byte> into, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(into.GetSpan(sizeof(int)), number);
        into.Advance(sizeof(int));
    }

    private static void WritePiece(IBufferWriter<byte> into, ReadOnlySpan<byte> piece)
    {
        WriteNumber(into, piece.Length);
        into.Write(piece);
    }

    private static int TakeNumber(ref ReadOnlySpan<byte> bytes)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(bytes, out int number) || number < 0)
            throw new StorageException("The checkpoint of a group coordinator ends too soon.");
        bytes = bytes[sizeof(int)..];
        return number;
    }

    private static ReadOnlySpan<byte> TakePiece(scoped ref ReadOnlySpan<byte> bytes)
    {
        int length = TakeNumber(ref bytes);
        if (length > bytes.Length)
            throw new StorageException("The checkpoint of a group coordinator ends too soon.");
        ReadOnlySpan<byte> piece = bytes[..length];
        bytes = bytes[length..];
        return piece;
    }
}
