using Xunit;

namespace Broker.Model.Tests;

public sealed class RackMapTests
{
    [Fact]
    public void Where_nobody_names_a_rack_there_is_one()
    {
        RackMap map = Of(null, null);
        Assert.True(map.AreTogether(new BrokerId(1), new BrokerId(2)));
        Assert.Equal(map.KeyOf(new BrokerId(1)), map.KeyOf(new BrokerId(2)));
        Assert.Equal(1, map.Count([new BrokerId(1), new BrokerId(2), new BrokerId(7)]));
    }

    [Fact]
    public void Who_names_none_where_others_do_is_a_rack_of_its_own()
    {
        RackMap map = Of("a", null, null, "a");
        Assert.True(map.AreTogether(new BrokerId(1), new BrokerId(4)));
        Assert.False(map.AreTogether(new BrokerId(2), new BrokerId(3)));
        Assert.True(map.AreTogether(new BrokerId(2), new BrokerId(2)));
        Assert.False(map.AreTogether(new BrokerId(2), new BrokerId(7)));
        Assert.Equal(3, map.Count([.. Enumerable.Range(1, 4).Select(id => new BrokerId(id))]));
        Assert.Equal(
            3, Enumerable.Range(1, 4).Select(id => map.KeyOf(new BrokerId(id))).Distinct().Count());
    }

    [Fact]
    public void A_rack_may_be_called_like_a_broker()
    {
        RackMap map = Of("broker 2", null);
        Assert.NotEqual(map.KeyOf(new BrokerId(1)), map.KeyOf(new BrokerId(2)));
    }

    private static RackMap Of(params string?[] racks) =>
        new(racks.Select((rack, i) => (new BrokerId(i + 1), rack)));
}
