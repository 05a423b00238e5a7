using Broker.Protocol.Messages;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class RecycledListTests
{
    [Fact]
    public void A_cleared_list_hands_its_items_out_again_reset()
    {
        var list = new RecycledList<MetadataResponse.MetadataResponseTopic>();
        MetadataResponse.MetadataResponseTopic first = list.Add();
        first.Name = "old";
        first.Partitions.Add();
        list.Clear();
        Assert.Empty(list);
        MetadataResponse.MetadataResponseTopic again = list.Add();
        Assert.Same(first, again);
        Assert.Equal("", again.Name);
        Assert.Empty(again.Partitions);
    }

    [Fact]
    public void Only_what_is_in_the_list_can_be_reached()
    {
        RecycledList<MetadataRequest.MetadataRequestTopic> list = [new() { Name = "a" }, new() { Name = "b" }];
        list.Clear();
        list.Add().Name = "c";
        Assert.Equal(["c"], list.Select(topic => topic.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[1]);
    }

    [Fact]
    public void A_list_that_was_huge_does_not_keep_everything()
    {
        var list = new RecycledList<MetadataRequest.MetadataRequestTopic>();
        for (int i = 0; i < 10_000; i++)
            list.Add();
        MetadataRequest.MetadataRequestTopic last = list[9_999];
        list.Clear();
        for (int i = 0; i < 10_000; i++)
            Assert.NotSame(last, list.Add());
    }
}
