using Broker.Model;
using Broker.Protocol;
using Broker.Server.Transactions;
using Broker.Server.Transactions.Log;
using Xunit;

namespace Broker.Server.Tests.Transactions.Log;

/// <summary>Records of __transaction_state, byte by byte as Kafka's tools read them.</summary>
public sealed class TransactionRecordCodecTests
{
    private static readonly TransactionState Whole = new("transfers")
    {
        Producer = new ProducerId(9),
        Epoch = 3,
        LastEpoch = 2,
        Previous = new ProducerId(8),
        Timeout = 60_000,
        Status = TransactionStatus.Ongoing,
        Partitions = TransactionState.NoPartitions.Union(
            [new TopicPartition("b", 1), new TopicPartition("a", 2), new TopicPartition("a", 0)]),
        UpdatedAt = 12,
        Number = 11,
    };

    [Fact]
    public void What_is_written_is_read()
    {
        (byte[] key, byte[]? value) = TransactionRecordCodec.Encode(new TransactionRecord("transfers", Whole));
        TransactionState read = TransactionRecordCodec.Decode(key, value)!.State!;

        Assert.Equal(Whole.Partitions, read.Partitions);
        Assert.Equal(Whole, read with { Partitions = Whole.Partitions });
    }

    [Fact]
    public void A_state_without_partitions_has_none_when_it_is_read()
    {
        TransactionState empty = Whole with
        {
            Status = TransactionStatus.CompleteAbort,
            Partitions = TransactionState.NoPartitions,
        };
        (byte[] key, byte[]? value) = TransactionRecordCodec.Encode(new TransactionRecord("transfers", empty));

        Assert.Empty(TransactionRecordCodec.Decode(key, value)!.State!.Partitions);
    }

    [Fact]
    public void The_key_is_its_version_and_the_id_and_a_tombstone_has_no_value()
    {
        (byte[] key, byte[]? value) = TransactionRecordCodec.Encode(new TransactionRecord("tx", null));

        Assert.Equal([0, 0, 0, 2, (byte)'t', (byte)'x'], key);
        Assert.Null(value);
        Assert.Equal(new TransactionRecord("tx", null), TransactionRecordCodec.Decode(key, null));
    }

    [Fact]
    public void A_value_of_an_older_Kafka_is_read()
    {
        // Version 0: id 5, epoch 1, 1000 ms, PrepareCommit, one topic "t" with partition 4, times 7 and 6.
        byte[] value =
        [
            0, 0,
            0, 0, 0, 0, 0, 0, 0, 5,
            0, 1,
            0, 0, 3, 232,
            2,
            0, 0, 0, 1, 0, 1, (byte)'t', 0, 0, 0, 1, 0, 0, 0, 4,
            0, 0, 0, 0, 0, 0, 0, 7,
            0, 0, 0, 0, 0, 0, 0, 6,
        ];
        TransactionState read = TransactionRecordCodec.Decode(new byte[] { 0, 0, 0, 1, (byte)'x' }, value)!.State!;

        Assert.Equal((new ProducerId(5), (short)1, 1000), (read.Producer, read.Epoch, read.Timeout));
        Assert.Equal(TransactionStatus.PrepareCommit, read.Status);
        Assert.Equal([new TopicPartition("t", 4)], read.Partitions.ToArray());
        Assert.Equal((7L, 6L, (short)-1), (read.UpdatedAt, read.Number, read.LastEpoch));
    }

    [Fact]
    public void Keys_of_another_version_mean_nothing_and_a_state_that_is_not_known_is_an_error()
    {
        Assert.Null(TransactionRecordCodec.Decode(new byte[] { 0, 1, 0, 1, (byte)'x' }, null));

        (byte[] key, byte[]? value) = TransactionRecordCodec.Encode(new TransactionRecord(
            "transfers", Whole with { Status = (TransactionStatus)9 }));
        Assert.Throws<ProtocolException>(() => TransactionRecordCodec.Decode(key, value));
    }
}
