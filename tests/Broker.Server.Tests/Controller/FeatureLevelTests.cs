using Broker.Metadata;
using Broker.Model;
using Broker.Server.Controller;
using Xunit;

namespace Broker.Server.Tests.Controller;

public sealed class FeatureLevelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ControllerBench _bench = new(FeatureLevel.Oldest);

    public FeatureLevelTests() => _bench.Group.Lead(new BrokerId(1));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_level_is_raised_through_any_broker_and_again_for_nothing(int asked)
    {
        await _bench.RegisterAllAsync();
        Assert.Equal((ControllerFault.None, null), await RaiseAsync(asked, validateOnly: false));
        Assert.Equal(FeatureLevel.Newest, _bench.WatchOf(new BrokerId(asked)).Image.Level);
        long index = _bench.Group.Image.Index;
        Assert.Equal((ControllerFault.None, null), await RaiseAsync(asked, validateOnly: false));
        Assert.Equal(index, _bench.Group.Image.Index);
    }

    [Fact]
    public async Task A_wish_that_is_only_to_be_judged_changes_nothing()
    {
        await _bench.RegisterAllAsync();
        Assert.Equal((ControllerFault.None, null), await RaiseAsync(2, validateOnly: true));
        Assert.Equal(FeatureLevel.Oldest, _bench.Group.Image.Level);
    }

    [Fact]
    public async Task An_older_broker_keeps_the_level_where_it_is()
    {
        var third = new BrokerId(3);
        _bench.Details[third] = _bench.Details[third] with { NewestLevel = FeatureLevel.Oldest };
        await _bench.RegisterAllAsync();
        (ControllerFault fault, Refusal? refusal) = await RaiseAsync(1, validateOnly: false);
        Assert.Equal(ControllerFault.Refused, fault);
        Assert.Contains("Broker 3", refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(FeatureLevel.Oldest, _bench.Group.Image.Level);
    }

    private Task<(ControllerFault Fault, Refusal? Refusal)> RaiseAsync(int asked, bool validateOnly) =>
        _bench.RunAsync(_bench.ClientOf(new BrokerId(asked)).RaiseFeatureLevelAsync(
            FeatureLevel.Newest, validateOnly, Patience, TestContext.Current.CancellationToken));
}
