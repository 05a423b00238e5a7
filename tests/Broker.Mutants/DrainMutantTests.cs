using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs in what follows from a broker's being drained, each caught by clusters whose brokers are.
/// </summary>
public sealed class DrainMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new() { ["Draining/drained-is-placed"] = 1 };

    private static readonly SeedSearch Search =
        new(seed => new ClusterWorld(seed, WorldOptions.Draining), seeds: 60, KnownSeeds);

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Draining/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound() => Search.AssertSound();

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => Search.AssertCaught(mutation);
}
