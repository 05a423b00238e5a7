using Broker.Simulation.Worlds;
using Xunit;

namespace Broker.Mutants;

/// <summary>Looks for the world that catches a deliberate bug.</summary>
/// <param name="seeds">How many worlds are tried.</param>
/// <param name="known">
/// Seeds that are known to catch a mutation are tried first; a change of the worlds only makes the search longer.
/// </param>
internal sealed class SeedSearch(Func<int, World> make, int seeds, IReadOnlyDictionary<string, int> known)
{
    /// <summary>Without a mutation the worlds that catch one are sound.</summary>
    public void AssertSound()
    {
        Mutant.Active = null;
        foreach (int seed in known.Values.Distinct().Order())
            Assert.Null(make(seed).Run());
    }

    /// <param name="catches">What catches it, if not a world.</param>
    public void AssertCaught(string mutation, Func<string?>? catches = null) => Mutant.AssertCaught(
        mutation,
        catches ?? (() => FirstBrokenSeed(known.GetValueOrDefault(mutation, 1))),
        catches is null ? $"{seeds} seeds" : "all stories");

    private string? FirstBrokenSeed(int first)
    {
        foreach (int seed in Enumerable.Range(1, seeds).Prepend(first))
        {
            if (make(seed).Run() is { } finding)
                return $"seed {seed}, {finding}";
        }

        return null;
    }
}
