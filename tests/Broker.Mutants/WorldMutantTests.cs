using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of Replication, each caught by the simulator's worlds. The seed that is known to catch one is tried
/// first; a change of the worlds only makes the search longer.
/// </summary>
public sealed class WorldMutantTests
{
    private const int Seeds = 150;

    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Replication/checkpoint-ahead-of-state"] = 23,
        ["Replication/hard-state-not-awaited"] = 92,
        ["Replication/recovered-is-committed"] = 8,
        ["Replication/truncated-stays-pending"] = 14,
        ["Replication/vote-not-flushed"] = 2,
    };

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Replication/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound()
    {
        Mutant.Active = null;
        foreach (int seed in KnownSeeds.Values.Distinct().Order())
            Assert.Null(new ReplicaWorld(seed, WorldOptions.Default).Run());
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
            if (new ReplicaWorld(seed, WorldOptions.Default).Run() is { } finding)
                return $"seed {seed}, {finding}";
        }

        return null;
    }
}
