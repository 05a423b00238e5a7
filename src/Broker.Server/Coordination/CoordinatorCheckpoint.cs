using System.Buffers;
using System.Buffers.Binary;
using Broker.Storage;

namespace Broker.Server.Coordination;

/// <summary>
/// The bytes of a checkpoint of a coordinator's replica, big-endian: u8 version | i32 length | what the partition
/// itself has to remember | i32 records | for each: i32 length, key, i32 length, value, as they stand in the log. The
/// file around it has the checksum.
/// </summary>
internal static class CoordinatorCheckpoint
{
    public delegate void Taker(byte[] key, byte[] value);

    /// <param name="version">Of this kind of coordinator, and not one that the checkpoint of a plain partition
    /// has.</param>
    public static void Write(
        IBufferWriter<byte> into,
        byte version,
        ReadOnlySpan<byte> partition,
        IReadOnlyCollection<(byte[] Key, byte[]? Value)> records)
    {
        into.Write([version]);
        WritePiece(into, partition);
        WriteNumber(into, records.Count);
        foreach ((byte[] key, byte[]? value) in records)
        {
            WritePiece(into, key);
            WritePiece(into, value);
        }
    }

    /// <summary>Hands out the records; returns what the partition itself remembers.</summary>
    /// <param name="bytes">Behind the version; on return, behind the records.</param>
    /// <exception cref="StorageException">They end too soon.</exception>
    public static ReadOnlySpan<byte> Read(scoped ref ReadOnlySpan<byte> bytes, Taker take)
    {
        ReadOnlySpan<byte> partition = TakePiece(ref bytes);
        for (int left = TakeNumber(ref bytes); left > 0; left--)
        {
            byte[] key = TakePiece(ref bytes).ToArray();
            take(key, TakePiece(ref bytes).ToArray());
        }

        return partition;
    }

    public static void WriteNumber(IBufferWriter<byte> into, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(into.GetSpan(sizeof(int)), number);
        into.Advance(sizeof(int));
    }

    public static void WritePiece(IBufferWriter<byte> into, ReadOnlySpan<byte> piece)
    {
        WriteNumber(into, piece.Length);
        into.Write(piece);
    }

    /// <exception cref="StorageException">The bytes end too soon.</exception>
    public static int TakeNumber(scoped ref ReadOnlySpan<byte> bytes)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(bytes, out int number) || number < 0)
            throw new StorageException("The checkpoint of a coordinator ends too soon.");
        bytes = bytes[sizeof(int)..];
        return number;
    }

    /// <exception cref="StorageException">The bytes end too soon.</exception>
    public static ReadOnlySpan<byte> TakePiece(scoped ref ReadOnlySpan<byte> bytes)
    {
        int length = TakeNumber(ref bytes);
        if (length > bytes.Length)
            throw new StorageException("The checkpoint of a coordinator ends too soon.");
        ReadOnlySpan<byte> piece = bytes[..length];
        bytes = bytes[length..];
        return piece;
    }
}
