using Broker.Simulation.Running;
using Xunit;

namespace Broker.Simulation.Tests.Running;

public sealed class SimulationOptionsTests
{
    [Fact]
    public void A_seed_alone_is_one_of_the_replica_world()
    {
        SimulationOptions options = SimulationOptions.Parse(["42"]);

        Assert.Equal((42, 1, false), (options.First, options.Seeds, options.Trace));
        Assert.Equal("replica", Assert.Single(options.Worlds).Name);
        Assert.Null(options.Time);
    }

    [Fact]
    public void A_soak_is_of_all_worlds_and_begins_far_from_the_seeds_of_the_tests()
    {
        SimulationOptions options = SimulationOptions.Parse(["--hours", "0.5"]);

        Assert.Equal(TimeSpan.FromMinutes(30), options.Time);
        Assert.Equal(1_000_000, options.First);
        Assert.Equal(WorldKind.All, options.Worlds);
    }

    [Theory]
    [InlineData("there is no world called 'moon'", "--world", "moon")]
    [InlineData("--hours needs a value", "--hours")]
    [InlineData("'0' is no value for --hours", "--hours", "0")]
    [InlineData("'x' is no value for a seed", "x")]
    [InlineData("'0' is no value for --seeds", "--seeds", "0")]
    [InlineData("--hours goes neither with --trace", "--hours", "1", "--trace")]
    public void What_can_not_be_understood_is_named(string reason, params string[] arguments)
    {
        FormatException wrong = Assert.Throws<FormatException>(() => SimulationOptions.Parse(arguments));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
    }
}
