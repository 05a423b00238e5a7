using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Partitions.Producers;

/// <summary>
/// The bytes of a partition's checkpoint, big-endian: u8 version | i64 highest forgotten id | i32 producers | for each:
/// i64 id, i16 epoch, i64 touched, u8 batches, and for each batch: i32 first and last sequence, i64 base offset, i64
/// timestamp. Version 3, written only where there was a transaction, goes on: for each producer i64 beginning of its
/// open transaction, i32 coordinator epoch | i32 aborted transactions | for each: i64 producer, i64 first, i64 last,
/// i64 last stable offset. The file around it has the checksum.
/// </summary>
public static class ProducerCheckpoint
{
    private const byte Plain = 2;
    private const byte WithTransactions = 3;
    private const int HeaderSize = 1 + 8 + 4;
    private const int ProducerSize = 8 + 2 + 8 + 1;
    private const int BatchSize = 4 + 4 + 8 + 8;
    private const int OpenSize = 8 + 4;
    private const int AbortedSize = 4 * 8;

    public static byte[] Encode(
        SortedDictionary<ProducerId, ProducerWindow> state,
        ProducerId forgotten,
        IReadOnlyList<AbortedTransaction> aborted)
    {
        bool hasTransactions = aborted.Count > 0
            || state.Values.Any(window => window.IsOpen || window.CoordinatorEpoch >= 0);
        var bytes = new ArrayBufferWriter<byte>(HeaderSize);
        Span<byte> header = Take(bytes, HeaderSize);
        header[0] = hasTransactions ? WithTransactions : Plain;
        BinaryPrimitives.WriteInt64BigEndian(header[1..], forgotten.Value);
        BinaryPrimitives.WriteInt32BigEndian(header[9..], state.Count);
        foreach ((ProducerId id, ProducerWindow window) in state)
            Write(id, window, bytes);
        if (hasTransactions)
            Write(state, aborted, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>False if the bytes are of another version or don't add up.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        out List<KeyValuePair<ProducerId, ProducerWindow>> state,
        out ProducerId forgotten,
        out List<AbortedTransaction> aborted)
    {
        (state, forgotten, aborted) = ([], ProducerId.None, []);
        if (bytes.Length < HeaderSize || bytes[0] is not (Plain or WithTransactions))
            return false;

        byte version = bytes[0];
        forgotten = new ProducerId(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        int producers = BinaryPrimitives.ReadInt32BigEndian(bytes[9..]);
        bytes = bytes[HeaderSize..];
        for (int left = producers; left > 0; left--)
        {
            if (!TryRead(ref bytes, out KeyValuePair<ProducerId, ProducerWindow> producer))
                return false;
            state.Add(producer);
        }

        return version == Plain ? bytes.IsEmpty : TryReadTransactions(bytes, state, aborted);
    }

    private static void Write(ProducerId id, in ProducerWindow window, ArrayBufferWriter<byte> into)
    {
        Span<byte> bytes = Take(into, ProducerSize);
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.Value);
        BinaryPrimitives.WriteInt16BigEndian(bytes[8..], window.Epoch);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], window.TouchedAt);
        bytes[18] = (byte)window.Count;
        for (int i = 0; i < window.Count; i++)
        {
            StoredBatch batch = window[i];
            bytes = Take(into, BatchSize);
            BinaryPrimitives.WriteInt32BigEndian(bytes, batch.FirstSequence);
            BinaryPrimitives.WriteInt32BigEndian(bytes[4..], batch.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], batch.BaseOffset.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[16..], batch.Timestamp);
        }
    }

    private static void Write(
        SortedDictionary<ProducerId, ProducerWindow> state,
        IReadOnlyList<AbortedTransaction> aborted,
        ArrayBufferWriter<byte> into)
    {
        Span<byte> bytes;
        foreach (ProducerWindow window in state.Values)
        {
            bytes = Take(into, OpenSize);
            BinaryPrimitives.WriteInt64BigEndian(bytes, window.OpenSince.Value);
            BinaryPrimitives.WriteInt32BigEndian(bytes[8..], window.CoordinatorEpoch);
        }

        BinaryPrimitives.WriteInt32BigEndian(Take(into, sizeof(int)), aborted.Count);
        foreach (AbortedTransaction transaction in aborted)
        {
            bytes = Take(into, AbortedSize);
            BinaryPrimitives.WriteInt64BigEndian(bytes, transaction.Producer.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], transaction.First.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[16..], transaction.Last.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[24..], transaction.LastStable.Value);
        }
    }

    private static bool TryRead(
        ref ReadOnlySpan<byte> bytes, out KeyValuePair<ProducerId, ProducerWindow> producer)
    {
        producer = default;
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

        producer = new KeyValuePair<ProducerId, ProducerWindow>(id, window);
        return true;
    }

    private static bool TryReadTransactions(
        ReadOnlySpan<byte> bytes,
        List<KeyValuePair<ProducerId, ProducerWindow>> state,
        List<AbortedTransaction> aborted)
    {
        if (bytes.Length < state.Count * OpenSize + sizeof(int))
            return false;

        for (int i = 0; i < state.Count; i++)
        {
            ProducerWindow window = state[i].Value;
            window.Restore(
                new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes)),
                BinaryPrimitives.ReadInt32BigEndian(bytes[8..]));
            state[i] = new KeyValuePair<ProducerId, ProducerWindow>(state[i].Key, window);
            bytes = bytes[OpenSize..];
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(bytes);
        bytes = bytes[sizeof(int)..];
        if (count < 0 || bytes.Length != (long)count * AbortedSize)
            return false;

        for (; !bytes.IsEmpty; bytes = bytes[AbortedSize..])
        {
            aborted.Add(new AbortedTransaction(
                new ProducerId(BinaryPrimitives.ReadInt64BigEndian(bytes)),
                new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes[8..])),
                new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])),
                new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes[24..]))));
        }

        return true;
    }

    private static StoredBatch Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt32BigEndian(from),
        BinaryPrimitives.ReadInt32BigEndian(from[4..]),
        new Offset(BinaryPrimitives.ReadInt64BigEndian(from[8..])),
        BinaryPrimitives.ReadInt64BigEndian(from[16..]),
        LogIndex.Zero);

    private static Span<byte> Take(ArrayBufferWriter<byte> into, int size)
    {
        Span<byte> bytes = into.GetSpan(size)[..size];
        into.Advance(size);
        return bytes;
    }
}
