using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs in how brokers make up for what a disk lost, each caught by clusters whose disks lose what they had.
/// </summary>
public sealed class LossMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new() { ["Losses/lost-votes-believed"] = 6 };

    private static readonly SeedSearch Search =
        new(seed => new ClusterWorld(seed, WorldOptions.Losing), seeds: 60, KnownSeeds);

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Losses/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound() => Search.AssertSound();

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => Search.AssertCaught(mutation);
}
