using Broker.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Storage.Tests.Rebuild;

public sealed class LogBaseTests
{
    [Property]
    public void What_was_written_is_read(long index, int term, long offset, byte[] state)
    {
        LogBase written = BaseOf(index, term, offset, state);

        Assert.True(LogBase.TryRead(written.ToBytes(), out LogBase? read));

        Assert.Equal(written with { Checkpoint = read.Checkpoint }, read);
        Assert.Equal(written.Checkpoint.Index, read.Checkpoint.Index);
        Assert.Equal(written.Checkpoint.Term, read.Checkpoint.Term);
        Assert.Equal(state, read.Checkpoint.State.ToArray());
    }

    [Property]
    public void Whatever_is_not_whole_is_no_base(byte[] state, int at, byte change)
    {
        byte[] bytes = BaseOf(7, 2, 5, state).ToBytes();
        int place = (int)((uint)at % bytes.Length);

        Assert.False(LogBase.TryRead(bytes.AsMemory(0, place), out _));
        bytes[place] ^= (byte)(change | 1);
        Assert.False(LogBase.TryRead(bytes, out _));
    }

    private static LogBase BaseOf(long index, int term, long offset, byte[] state) => new(
        new LogIndex(index),
        new Term(term),
        new Offset(offset),
        new LogIndex(index + 1),
        new Offset(offset),
        new LogCheckpoint(new LogIndex(index), new Term(term), state));
}
