using Broker.Model;
using Broker.Server.Compaction;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Compaction;

public sealed class KeyTableTests
{
    [Property]
    public void It_knows_the_last_offset_of_every_key_that_was_put((byte Key, uint Offset)[] puts)
    {
        var table = new KeyTable(8 << 10);
        Dictionary<byte, long> expected = [];
        foreach ((byte key, uint offset) in puts)
        {
            table.Put([key], new Offset(offset));
            expected[key] = Math.Max(expected.GetValueOrDefault(key), offset);
        }

        for (int key = 0; key < 256; key++)
        {
            Offset? last = table.LastOf([(byte)key]);
            Assert.Equal(expected.TryGetValue((byte)key, out long offset) ? offset : null, last?.Value);
        }
    }

    [Fact]
    public void It_never_takes_more_than_it_has_room_for()
    {
        var table = new KeyTable(KeyTable.SmallestBytes);
        Assert.InRange(table.Bytes, 1, KeyTable.SmallestBytes);
        int room = table.Room;
        for (int i = 0; i < room; i++)
            table.Put(BitConverter.GetBytes(i), new Offset(i));
        Assert.Equal(0, table.Room);
        Assert.Throws<InvalidOperationException>(() => table.Put(BitConverter.GetBytes(room), new Offset(room)));

        // A key that is there already takes nothing.
        table.Put(BitConverter.GetBytes(0), new Offset(room));
        Assert.Equal(new Offset(room), table.LastOf(BitConverter.GetBytes(0)));
        Assert.Null(table.LastOf(BitConverter.GetBytes(room)));
    }
}
