using System.Buffers.Binary;
using Broker.Model;

namespace Broker.Protocol.Records;

/// <summary>
/// What ends a transaction in a partition's log: a control batch with one record, whose key says abort (0) or commit
/// (1), and whose value names the coordinator that decided it (KIP-98).
/// </summary>
/// <param name="CoordinatorEpoch">Older coordinators are fenced by it.</param>
public readonly record struct TransactionMarker(bool IsCommit, int CoordinatorEpoch)
{
    private const short Version = 0;
    private const short Abort = 0;
    private const short Commit = 1;
    private const int KeySize = 2 * sizeof(short);
    private const int ValueSize = sizeof(short) + sizeof(int);

    /// <param name="now">Unix milliseconds.</param>
    public byte[] ToBatch(ProducerId producer, short producerEpoch, long now)
    {
        byte[] key = new byte[KeySize];
        BinaryPrimitives.WriteInt16BigEndian(key, Version);
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(sizeof(short)), IsCommit ? Commit : Abort);
        byte[] value = new byte[ValueSize];
        BinaryPrimitives.WriteInt16BigEndian(value, Version);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(sizeof(short)), CoordinatorEpoch);
        using var batch = new RecordBatchBuilder();
        batch.Append(now, key, value);
        return batch.BuildControl(producer, producerEpoch).ToArray();
    }

    /// <summary>Null if the control batch is of another kind, which means nothing to a transaction.</summary>
    /// <exception cref="ProtocolException">The batch is malformed.</exception>
    public static TransactionMarker? Read(ReadOnlyMemory<byte> batch)
    {
        using var reader = new RecordBatchReader();
        reader.Open(batch);
        if (!reader.TryRead(out RecordView record) || record.Key.Length < KeySize)
            throw new ProtocolException("A control batch has no record that says what it is.");

        short kind = BinaryPrimitives.ReadInt16BigEndian(record.Key[sizeof(short)..]);
        if (kind is not (Abort or Commit))
            return null;
        if (record.Value.Length < ValueSize)
            throw new ProtocolException("A transaction's marker does not name its coordinator.");
        return new TransactionMarker(
            kind == Commit, BinaryPrimitives.ReadInt32BigEndian(record.Value[sizeof(short)..]));
    }
}
