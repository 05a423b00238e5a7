using System.Buffers;
using Broker.Model;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;
using Broker.Storage;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Groups.State;

public sealed class GroupTableTests
{
    [Property]
    public void Records_come_to_what_a_map_holds(int seed)
    {
        var random = new Random(seed);
        var table = new GroupTable();
        var model = new Dictionary<(string, TopicPartition), CommittedOffset>();
        for (int i = 0; i < 200; i++)
        {
            OffsetRecord record = MakeUp(random, i);
            table.Apply(record);
            if (record.Offset is { } offset)
                model[(record.Group, record.Partition)] = offset;
            else
                model.Remove((record.Group, record.Partition));
        }

        Check(model, table);
        Check(model, ThroughCheckpoint(table));
    }

    [Fact]
    public void A_group_is_there_as_long_as_it_has_metadata_or_offsets()
    {
        var table = new GroupTable();
        table.Apply(Offset("g", 5));
        table.Apply(new GroupMetadataRecord("g", new StoredGroup(new("g", 1, null, null, null, []), 1)));
        Assert.Equal(["g"], table.Ids);
        table.Apply(new OffsetRecord("g", new TopicPartition("t", 0), null));
        Assert.Equal(1, table.MetadataOf("g")!.Metadata.Generation);
        table.Apply(new GroupMetadataRecord("g", null));
        Assert.Empty(table.Ids);
    }

    [Fact]
    public void What_the_partition_remembers_comes_back_from_a_checkpoint()
    {
        var written = new ArrayBufferWriter<byte>();
        GroupCheckpoint.Write(written, [7, 8], new GroupTable());
        Assert.Equal([7, 8], GroupCheckpoint.Read(written.WrittenSpan, new GroupTable()).ToArray());
    }

    [Fact]
    public void A_checkpoint_that_leaves_offsets_out_is_refused()
    {
        Assert.Throws<StorageException>(() => GroupCheckpoint.Read([2, 0, 0], new GroupTable()).Length);
        var written = new ArrayBufferWriter<byte>();
        var table = new GroupTable();
        table.Apply(Offset("g", 5));
        GroupCheckpoint.Write(written, [], table);
        for (int length = 0; length < written.WrittenCount; length++)
        {
            Assert.Throws<StorageException>(
                () => GroupCheckpoint.Read(written.WrittenSpan[..length], new GroupTable()).Length);
        }
    }

    private static OffsetRecord Offset(string group, long offset) =>
        new(group, new TopicPartition("t", 0), new CommittedOffset(offset, -1, "", 1));

    private static OffsetRecord MakeUp(Random random, int number) => new(
        $"group-{random.Next(3)}",
        new TopicPartition($"topic-{random.Next(3)}", random.Next(3)),
        random.Next(4) == 0
            ? null
            : new CommittedOffset(number, random.Next(-1, 5), new string('m', random.Next(3)), number));

    private static GroupTable ThroughCheckpoint(GroupTable table)
    {
        var written = new ArrayBufferWriter<byte>();
        GroupCheckpoint.Write(written, [], table);
        var restored = new GroupTable();
        GroupCheckpoint.Read(written.WrittenSpan, restored);
        return restored;
    }

    private static void Check(
        Dictionary<(string Group, TopicPartition Partition), CommittedOffset> model, GroupTable table)
    {
        Assert.Equal(model.Keys.Select(key => key.Group).Distinct().Order(StringComparer.Ordinal), table.Ids);
        foreach (string group in table.Ids)
        {
            Assert.Equal(
                model.Where(pair => pair.Key.Group == group)
                    .ToDictionary(pair => pair.Key.Partition, pair => pair.Value),
                table.OffsetsOf(group).ToDictionary());
        }
    }
}
