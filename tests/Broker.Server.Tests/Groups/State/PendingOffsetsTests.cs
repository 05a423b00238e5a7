using System.Buffers;
using Broker.Model;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Groups.State;

/// <summary>
/// Offsets of transactions against a plain reading of the log, as Kafka reads it: each offset has its place, and one
/// further on is never overwritten by one before it.
/// </summary>
public sealed class PendingOffsetsTests
{
    private readonly record struct Placed(int Place, long Offset);

    [Property(MaxTest = 300)]
    public void Agree_with_the_places_of_the_log(int seed)
    {
        var random = new Random(seed);
        var table = new GroupTable();
        var committed = new SortedDictionary<int, Placed>();
        var pending = new List<(long Producer, int Partition, Placed Placed)>();
        for (int place = 0; place < 80; place++)
        {
            int partition = random.Next(3);
            long producer = random.Next(3);
            switch (random.Next(8))
            {
                case 0 or 1:
                    table.Apply(Record(partition, place));
                    committed[partition] = new Placed(place, place);
                    break;
                case 2 or 3 or 4:
                    table.Apply(new PendingOffset(new ProducerId(producer), Record(partition, place)));
                    pending.Add((producer, partition, new Placed(place, place)));
                    break;
                case 5:
                    table = Restarted(table);
                    break;
                default:
                    bool isCommit = random.Next(2) == 0;
                    table.Apply(new TransactionEnded(new ProducerId(producer), isCommit));
                    End(committed, pending, producer, isCommit);
                    break;
            }

            Assert.Equal(
                committed.Select(each => (each.Key, each.Value.Offset)),
                table.OffsetsOf("g").Select(each => (each.Key.Partition, each.Value.Offset)));
        }
    }

    [Fact]
    public void What_is_pending_is_told_until_its_transaction_ends()
    {
        var table = new GroupTable();
        table.Apply(new PendingOffset(new ProducerId(1), Record(0, 5)));

        Assert.True(table.Pending.Has("g", new TopicPartition("orders", 0)));
        Assert.False(table.Pending.Has("g", new TopicPartition("orders", 1)));
        table.Apply(new TransactionEnded(new ProducerId(1), IsCommit: false));
        Assert.False(table.Pending.Has("g", new TopicPartition("orders", 0)));
        Assert.Empty(table.OffsetsOf("g"));
    }

    private static void End(
        SortedDictionary<int, Placed> committed,
        List<(long Producer, int Partition, Placed Placed)> pending,
        long producer,
        bool isCommit)
    {
        foreach ((_, int partition, Placed placed) in pending.Where(each => isCommit && each.Producer == producer))
        {
            if (!committed.TryGetValue(partition, out Placed known) || known.Place < placed.Place)
                committed[partition] = placed;
        }

        pending.RemoveAll(each => each.Producer == producer);
    }

    private static GroupTable Restarted(GroupTable table)
    {
        var bytes = new ArrayBufferWriter<byte>();
        GroupCheckpoint.Write(bytes, [1, 2], table);
        Assert.Equal(table.Pending.All.Count > 0 ? 0x48 : 0x47, bytes.WrittenSpan[0]);
        var restored = new GroupTable();
        Assert.Equal([1, 2], GroupCheckpoint.Read(bytes.WrittenSpan, restored).ToArray());
        return restored;
    }

    private static OffsetRecord Record(int partition, long offset) =>
        new("g", new TopicPartition("orders", partition), new CommittedOffset(offset, -1, "", 1));
}
