using Broker.Metadata;
using Broker.Model;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class ImageFeedTests
{
    private static readonly ClusterCreated Founding = new(ClusterId.New(new Random(1)), FeatureLevel.Newest);

    [Fact]
    public void A_committed_entry_that_contradicts_one_before_it_moves_the_index_and_nothing_else()
    {
        var feed = new ImageFeed(keptBytes: 1000);
        Assert.Equal(EntryEffect.Applied, feed.Apply([Founding, Records.Numbered(1)], new byte[1], 1));
        Assert.Equal(EntryEffect.Applied, feed.Apply([Records.Block(0)], new byte[1], 2));
        Assert.Equal(
            EntryEffect.Contradicts, feed.Apply([Records.Numbered(2), Records.Block(0)], new byte[1], 3));

        Assert.Equal(3, feed.Image.Index);
        Assert.Equal(10, feed.Image.NextProducerId);
        Assert.Equal(1, Records.Number(feed.Image));
        Assert.Equal(2, feed.EntriesAfter(1)!.Count);
    }

    [Fact]
    public void An_entry_that_comes_twice_counts_once_and_an_older_image_not_at_all()
    {
        var feed = new ImageFeed(keptBytes: 1000);
        feed.Apply([Founding, Records.Numbered(1)], new byte[1], 1);
        ClusterImage older = feed.Image;
        feed.Apply([Records.Numbered(2)], new byte[1], 2);

        Assert.Equal(EntryEffect.Known, feed.Apply([Records.Numbered(3)], new byte[1], 1));
        feed.Load(older);
        Assert.Equal(2, Records.Number(feed.Image));
        Assert.Equal(2, feed.EntriesAfter(0)!.Count);
    }

    [Fact]
    public void An_entry_of_a_newer_version_is_never_passed_over()
    {
        var feed = new ImageFeed(keptBytes: 1000);
        feed.Apply([Founding, Records.Numbered(1)], new byte[1], 1);
        Assert.Throws<NewerVersionException>(
            () => feed.Apply([new FeatureLevelRaised(FeatureLevel.Newest + 1)], new byte[1], 2));
        Assert.Equal(1, feed.Image.Index);
    }
}
