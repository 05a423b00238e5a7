using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of Server, each caught by clusters of whole brokers. The seed that is known to catch one is tried
/// first; a change of the worlds only makes the search longer.
/// </summary>
public sealed class ClusterMutantTests
{
    private const int Seeds = 200;

    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Server/duplicate-answered-at-once"] = 6,
        ["Server/fresh-leader-serves"] = 10,
        ["Server/unknown-taken-for-done"] = 13,
        ["Server/unknown-told-as-not-written"] = 81,
    };

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Server/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound()
    {
        Mutant.Active = null;
        foreach (int seed in KnownSeeds.Values.Distinct().Order())
            Assert.Null(new ClusterWorld(seed, WorldOptions.Default).Run());
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation)
    {
        Mutant.Active = mutation[(mutation.IndexOf('/', StringComparison.Ordinal) + 1)..];
        try
        {
            string? caught = FirstBrokenSeed(KnownSeeds.GetValueOrDefault(mutation, 1));
            Assert.True(caught is not null, $"{mutation} survives {Seeds} seeds");
            TestContext.Current.SendDiagnosticMessage($"{mutation}: {caught}");
        }
        finally
        {
            Mutant.Active = null;
        }
    }

    private static string? FirstBrokenSeed(int known)
    {
        foreach (int seed in Enumerable.Range(1, Seeds).Prepend(known))
        {
            if (new ClusterWorld(seed, WorldOptions.Default).Run() is { } finding)
                return $"seed {seed}, {finding}";
        }

        return null;
    }
}
