using Xunit;

namespace Broker.Replication.Tests.Wire;

public sealed class PeerMemoryTests
{
    [Fact]
    public void What_does_not_fit_is_refused_until_something_is_given_back()
    {
        var memory = new PeerMemory(100);
        Assert.True(memory.TryTake(60));
        Assert.False(memory.TryTake(60));
        memory.Give(60);
        Assert.True(memory.TryTake(60));
    }

    [Fact]
    public void Something_always_fits_into_an_empty_budget()
    {
        var memory = new PeerMemory(100);
        Assert.True(memory.TryTake(1000));
        Assert.False(memory.TryTake(1));
        memory.Give(1000);
        Assert.Equal(0, memory.Used);
    }
}
