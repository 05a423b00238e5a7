using System.Buffers;
using System.Buffers.Binary;
using Broker.Model;
using Broker.Raft;
using Xunit;

namespace Broker.Replication.Tests.Groups;

public sealed class CheckpointHeadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void What_was_written_is_read_and_the_state_stands_behind_it(int index)
    {
        var committed = new ConfigurationEntry(
            new LogIndex(index), Configuration.Of(VoterSet.Of(new BrokerId(1), new BrokerId(2)), new BrokerId(9)));
        var bytes = new ArrayBufferWriter<byte>();
        CheckpointHead.Write(bytes, new Offset(42), committed);
        bytes.Write<byte>([7, 8]);

        ReadOnlySpan<byte> state = CheckpointHead.Split(
            bytes.WrittenSpan, out Offset mark, out ConfigurationEntry? read);

        Assert.Equal<byte>([7, 8], state.ToArray());
        Assert.Equal(new Offset(42), mark);
        Assert.Equal(committed, read);
    }

    [Fact]
    public void A_checkpoint_of_the_first_layout_knows_no_configuration()
    {
        byte[] bytes = new byte[10];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 5);

        ReadOnlySpan<byte> state = CheckpointHead.Split(bytes, out Offset mark, out ConfigurationEntry? read);

        Assert.Equal(2, state.Length);
        Assert.Equal(new Offset(5), mark);
        Assert.Null(read);
    }

    [Fact]
    public void A_layout_that_is_to_come_is_refused_by_its_number()
    {
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, -7);

        var refused = Assert.Throws<Storage.StorageException>(() => CheckpointHead.Split(bytes, out _, out _));

        Assert.Contains("layout 7", refused.Message, StringComparison.Ordinal);
    }
}
