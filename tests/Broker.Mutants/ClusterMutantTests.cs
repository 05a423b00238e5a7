using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of Server, each caught by clusters of whole brokers.
/// </summary>
public sealed class ClusterMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Server/duplicate-answered-at-once"] = 6,
        ["Server/fresh-leader-serves"] = 10,
        ["Server/unknown-taken-for-done"] = 13,
        ["Server/unknown-told-as-not-written"] = 81,
    };

    private static readonly SeedSearch Search =
        new(seed => new ClusterWorld(seed, WorldOptions.Default), seeds: 200, KnownSeeds);

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Server/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound() => Search.AssertSound();

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => Search.AssertCaught(mutation);
}
