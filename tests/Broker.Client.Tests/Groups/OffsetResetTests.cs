using Broker.Client.Groups;
using Broker.Model;
using Xunit;

namespace Broker.Client.Tests.Groups;

public sealed class OffsetResetTests
{
    private static readonly Offset Start = new(10);
    private static readonly Offset End = new(20);

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(15, 15)]
    [InlineData(20, 20)]
    [InlineData(1000, 20)]
    public void An_offset_is_taken_as_far_as_the_partition_holds_it(long asked, long target) =>
        Assert.Equal(new Offset(target), OffsetReset.Target(StartPosition.At(new Offset(asked)), Start, End));

    [Fact]
    public void The_ends_are_what_the_partition_says()
    {
        Assert.Equal(Start, OffsetReset.Target(StartPosition.Earliest, Start, End));
        Assert.Equal(End, OffsetReset.Target(StartPosition.Latest, Start, End));
    }
}
