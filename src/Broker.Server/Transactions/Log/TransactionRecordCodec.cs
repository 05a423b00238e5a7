using System.Collections.Immutable;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Server.Transactions.Log;

/// <summary>
/// Kafka's form of these records: key and value each begin with a version of their own. Keys of other versions are
/// those of a newer coordinator: they stand in the log, and mean nothing here.
/// </summary>
internal static class TransactionRecordCodec
{
    private const short KeyVersion = 0;
    private const short ValueVersion = 1;

    /// <summary>A null value says that what the key names is gone.</summary>
    public static (byte[] Key, byte[]? Value) Encode(TransactionRecord record) => (
        Bytes(KeyVersion, new TransactionLogKey { TransactionalId = record.Id }),
        record.State is { } state ? Bytes(ValueVersion, ValueOf(state)) : null);

    /// <summary>Null if this broker knows no such record.</summary>
    /// <exception cref="ProtocolException">It is malformed, or of a version that is not known.</exception>
    public static TransactionRecord? Decode(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        var reader = new ProtocolReader(key);
        if (reader.ReadInt16() != KeyVersion)
            return null;

        var message = new TransactionLogKey();
        message.Read(ref reader, KeyVersion);
        string id = message.TransactionalId;
        return new TransactionRecord(id, value is { } state ? Read(id, state) : null);
    }

    private static TransactionLogValue ValueOf(TransactionState state)
    {
        var value = new TransactionLogValue
        {
            ProducerId = state.Producer,
            ProducerEpoch = state.Epoch,
            PreviousProducerId = state.Previous,
            LastProducerEpoch = state.LastEpoch,
            TransactionTimeoutMs = state.Timeout,
            TransactionStatus = (sbyte)state.Status,
            TransactionLastUpdateTimestampMs = state.UpdatedAt,
            TransactionStartTimestampMs = state.Number,
            TransactionPartitions = null,
        };
        if (state.Partitions.Count == 0)
            return value;

        value.TransactionPartitions = new();
        foreach (IGrouping<string, TopicPartition> topic in state.Partitions.GroupBy(each => each.Topic))
        {
            TransactionLogValue.PartitionsSchema entry = value.TransactionPartitions.Add();
            entry.Topic = topic.Key;
            foreach (TopicPartition partition in topic)
                entry.PartitionIds.Add(partition.Partition);
        }

        return value;
    }

    private static TransactionState Read(string id, ReadOnlyMemory<byte> bytes)
    {
        var reader = new ProtocolReader(bytes);
        var value = new TransactionLogValue();
        value.Read(ref reader, reader.ReadInt16());
        var status = (TransactionStatus)value.TransactionStatus;
        if (!Enum.IsDefined(status))
            throw new ProtocolException($"'{id}' is in state {value.TransactionStatus}, which is not known.");

        ImmutableSortedSet<TopicPartition> partitions = TransactionState.NoPartitions;
        foreach (TransactionLogValue.PartitionsSchema topic in value.TransactionPartitions ?? new())
            partitions = partitions.Union(topic.PartitionIds.Select(index => new TopicPartition(topic.Topic, index)));
        return new TransactionState(id)
        {
            Producer = value.ProducerId,
            Epoch = value.ProducerEpoch,
            LastEpoch = value.LastProducerEpoch,
            Previous = value.PreviousProducerId,
            Timeout = value.TransactionTimeoutMs,
            Status = status,
            Partitions = partitions,
            UpdatedAt = value.TransactionLastUpdateTimestampMs,
            Number = value.TransactionStartTimestampMs,
        };
    }

    private static byte[] Bytes(short version, IMessagePart message)
    {
        using var writer = new ProtocolWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
