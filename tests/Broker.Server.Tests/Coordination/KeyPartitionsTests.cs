using Broker.Server.Coordination;
using Xunit;

namespace Broker.Server.Tests.Coordination;

public sealed class KeyPartitionsTests
{
    // The hashes are Java's: "a" is 97, "group" 98629247, "polygenelubricants" -2147483648.
    [Theory]
    [InlineData("", 50, 0)]
    [InlineData("a", 50, 47)]
    [InlineData("group", 50, 47)]
    [InlineData("polygenelubricants", 50, 0)]
    [InlineData("é", 7, 233 % 7)]
    public void A_group_belongs_where_Java_s_hash_puts_it(string group, int partitions, int expected) =>
        Assert.Equal(expected, KeyPartitions.Of(group, partitions));
}
