using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class FeatureLevelPlannerTests
{
    private static readonly ClusterImage Old = ClusterImage.Empty
        .Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Oldest)], 1)
        .Then(Cluster.Broker(1), Cluster.Broker(2), Cluster.Broker(3));

    [Fact]
    public void A_level_that_all_support_is_raised_once()
    {
        ClusterImage raised = Old.Then(FeatureLevelPlanner.Raise(Old, FeatureLevel.Newest));
        Assert.Equal(FeatureLevel.Newest, raised.Level);
        Plan again = FeatureLevelPlanner.Raise(raised, FeatureLevel.Newest);
        Assert.Null(again.Refusal);
        Assert.Empty(again.Records);
    }

    [Fact]
    public void A_living_broker_that_does_not_know_it_holds_it_back_by_name()
    {
        ClusterImage mixed = Old.Then(Older(2));
        Refusal? refusal = FeatureLevelPlanner.Raise(mixed, FeatureLevel.Newest).Refusal;
        Assert.Equal(RefusalReason.UnsupportedLevel, refusal?.Reason);
        Assert.Contains("Broker 2 supports feature levels 1 to 1", refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("update and restart it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_is_gone_holds_nothing_back_and_is_refused_when_it_returns()
    {
        ClusterImage mixed = Old.Then(Older(2)).Then(new BrokerFenced(new BrokerId(2), Older(2).Process));
        ClusterImage raised = mixed.Then(FeatureLevelPlanner.Raise(mixed, FeatureLevel.Newest));
        Refusal? refusal = BrokerPlanner.Register(raised, new BrokerWish(Cluster.Id, Older(2))).Refusal;
        Assert.Equal(RefusalReason.UnsupportedLevel, refusal?.Reason);
        Assert.Contains("Start it with a newer version", refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(FeatureLevel.Oldest)]
    public void There_is_no_way_back(int level)
    {
        ClusterImage raised = Cluster.OfSize(3);
        Assert.Equal(RefusalReason.InvalidLevel, FeatureLevelPlanner.Raise(raised, level).Refusal?.Reason);
    }

    [Fact]
    public void A_level_that_only_others_know_is_not_raised_here()
    {
        ClusterImage newer = ClusterImage.Empty.Apply([new ClusterCreated(Cluster.Id, FeatureLevel.Oldest)], 1)
            .Then(Cluster.Broker(1) with { NewestLevel = FeatureLevel.Newest + 1 });
        Refusal? refusal = FeatureLevelPlanner.Raise(newer, FeatureLevel.Newest + 1).Refusal;
        Assert.Equal(RefusalReason.UnsupportedLevel, refusal?.Reason);
    }

    private static BrokerRegistered Older(int id) => Cluster.Broker(id) with { NewestLevel = FeatureLevel.Oldest };
}
