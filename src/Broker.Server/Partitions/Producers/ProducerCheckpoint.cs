using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Server.Partitions.Producers;

/// <summary>
/// The bytes of a producer checkpoint, big-endian: u8 version | i64 highest forgotten id | i32 producers | for each:
/// i64 id, i16 epoch, i64 touched, u8 batches, and for each batch: i32 first and last sequence, i64 base offset, i64
/// timestamp. The file around it has the checksum.
/// </summary>
public static class ProducerCheckpoint
{
    private const byte Version = 2;
    private const int HeaderSize = 1 + 8 + 4;
    private const int ProducerSize = 8 + 2 + 8 + 1;
    private const int BatchSize = 4 + 4 + 8 + 8;

    public static byte[] Encode(SortedDictionary<ProducerId, ProducerWindow> state, ProducerId forgotten)
    {
        int size = HeaderSize;
        foreach (ProducerWindow window in state.Values)
            size += ProducerSize + window.Count * BatchSize;

        byte[] bytes = new byte[size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), forgotten.Value);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), state.Count);
        Span<byte> rest = bytes.AsSpan(HeaderSize);
        foreach ((ProducerId id, ProducerWindow window) in state)
        {
            BinaryPrimitives.WriteInt64BigEndian(rest, id.Value);
            BinaryPrimitives.WriteInt16BigEndian(rest[8..], window.Epoch);
            BinaryPrimitives.WriteInt64BigEndian(rest[10..], window.TouchedAt);
            rest[18] = (byte)window.Count;
            rest = rest[ProducerSize..];
            for (int i = 0; i < window.Count; i++)
            {
                Write(window[i], rest);
                rest = rest[BatchSize..];
            }
        }

        return bytes;
    }

    /// <summary>False if the bytes are of another version or don't add up: the caller replays the log
    /// instead.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        out List<KeyValuePair<ProducerId, ProducerWindow>> state,
        out ProducerId forgotten)
    {
        (state, forgotten) = ([], ProducerId.None);
        if (bytes.Length < HeaderSize || bytes[0] != Version)
            return false;

        forgotten = new ProducerId(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        int producers = BinaryPrimitives.ReadInt32BigEndian(bytes[9..]);
        bytes = bytes[HeaderSize..];
        for (int left = producers; left > 0; left--)
        {
            if (bytes.Length < ProducerSize || bytes[18] > ProducerWindow.Size
                || bytes.Length < ProducerSize + bytes[18] * BatchSize)
            {
                return false;
            }

            var id = new ProducerId(BinaryPrimitives.ReadInt64BigEndian(bytes));
            long touched = BinaryPrimitives.ReadInt64BigEndian(bytes[10..]);
            var window = new ProducerWindow(BinaryPrimitives.ReadInt16BigEndian(bytes[8..]), touched);
            int batches = bytes[18];
            bytes = bytes[ProducerSize..];
            for (; batches > 0; batches--)
            {
                window.Push(Read(bytes), touched);
                bytes = bytes[BatchSize..];
            }

            state.Add(new KeyValuePair<ProducerId, ProducerWindow>(id, window));
        }

        return bytes.IsEmpty;
    }

    private static void Write(in StoredBatch batch, Span<byte> into)
    {
        BinaryPrimitives.WriteInt32BigEndian(into, batch.FirstSequence);
        BinaryPrimitives.WriteInt32BigEndian(into[4..], batch.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(into[8..], batch.BaseOffset.Value);
        BinaryPrimitives.WriteInt64BigEndian(into[16..], batch.Timestamp);
    }

    private static StoredBatch Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt32BigEndian(from),
        BinaryPrimitives.ReadInt32BigEndian(from[4..]),
        new Offset(BinaryPrimitives.ReadInt64BigEndian(from[8..])),
        BinaryPrimitives.ReadInt64BigEndian(from[16..]),
        LogIndex.Zero);
}
