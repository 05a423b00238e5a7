using Broker.Simulation.Running;
using Xunit;

namespace Broker.Simulation.Tests.Running;

public sealed class SoakTests
{
    [Fact]
    public void What_a_seed_breaks_is_told_with_the_command_that_plays_it_again()
    {
        using var stop = new CancellationTokenSource();
        var played = new List<int>();
        var kind = new WorldKind("frail", (seed, _) =>
        {
            played.Add(seed);
            if (seed == 9)
                stop.Cancel();
            return new WorldOutcome(seed == 8 ? "it broke\nin two lines" : null, "");
        });
        using var output = new StringWriter();
        var options = new SimulationOptions { Worlds = [kind], First = 7, Time = TimeSpan.FromHours(1), Threads = 1 };

        int broken = new Soak(options, output).Run(stop.Token);

        Assert.Equal(1, broken);
        Assert.Equal([7, 8, 9], played);
        string told = output.ToString();
        Assert.Contains("FOUND in frail 8: it broke\n", told, StringComparison.Ordinal);
        Assert.Contains("scripts/simulate --world frail 8 --trace", told, StringComparison.Ordinal);
        Assert.Contains("3 seeds, 1 broke something (frail 3 seeds from 7 on", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_world_that_throws_is_a_finding_of_its_seed_and_ends_nothing()
    {
        using var stop = new CancellationTokenSource();
        var kind = new WorldKind("throws", (seed, _) =>
        {
            if (seed == 2)
                stop.Cancel();
            return seed == 1 ? throw new InvalidOperationException("no world") : default;
        });
        using var output = new StringWriter();
        var options = new SimulationOptions { Worlds = [kind], First = 1, Time = TimeSpan.FromHours(1), Threads = 1 };

        Assert.Equal(1, new Soak(options, output).Run(stop.Token));
        Assert.Contains("FOUND in throws 1: System.InvalidOperationException: no world", output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_world_gets_its_share_of_the_time()
    {
        using var stop = new CancellationTokenSource();
        int left = 30;
        WorldOutcome Play(int seed, TextWriter? lines)
        {
            if (--left == 0)
                stop.Cancel();
            return default;
        }

        WorldKind[] kinds = [new("one", Play), new("two", Play), new("three", Play)];
        using var output = new StringWriter();
        var options = new SimulationOptions { Worlds = kinds, First = 1, Time = TimeSpan.FromHours(1), Threads = 1 };

        new Soak(options, output).Run(stop.Token);

        string told = output.ToString();
        Assert.All(kinds, kind => Assert.DoesNotContain($"{kind.Name} 0 seeds", told, StringComparison.Ordinal));
    }
}
