using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of Replication and Storage, each caught by the simulator's worlds.
/// </summary>
/// <remarks>
/// Not among them, because no world gets there: GroupOwner taking a disk round that began before the last truncation
/// for one that came after it. An entry would have to leave a log and come back under its old term within one flush,
/// which takes two elections, and the power to fail between the cut and the next flush.
/// </remarks>
public sealed class WorldMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Replication/checkpoint-ahead-of-state"] = 7,
        ["Replication/checkpoint-of-half-a-state"] = 62,
        ["Replication/found-directory-not-flushed"] = 7,
        ["Replication/silence-ignored"] = 10,
        ["Replication/state-taken-for-granted"] = 6,
        ["Replication/truncated-stays-pending"] = 11,
        ["Storage/cut-ignored"] = 2,
        ["Storage/damage-not-told"] = 4,
    };

    /// <summary>Worlds seldom tell, or never; the projects' own tests of the very moment do.</summary>
    private static readonly HashSet<string> CaughtByStories =
    [
        "Replication/sleeps-while-unheard",
        "Storage/checkpoint-not-flushed", "Storage/decayed-version-believed", "Storage/deleted-without-checkpoint",
        "Storage/failed-flush-keeps-tail", "Storage/log-start-not-with-checkpoint",
        "Storage/lost-end-taken-for-torn", "Storage/lower-damage-ignored", "Storage/predecessors-name-not-flushed",
        "Storage/recovered-not-rewritten", "Storage/scrub-takes-truncated-for-damaged",
    ];

    private static readonly Dictionary<string, int> KnownRelaxedSeeds =
        new() { ["Storage/power-loss-not-flushed"] = 45 };

    /// <summary>They need worlds that promise by what is written.</summary>
    private static readonly HashSet<string> CaughtWherePowerFails =
    [
        "Replication/relaxed-never-flushed", "Replication/relaxed-votes-not-flushed", "Storage/boot-not-compared",
        "Storage/power-loss-not-flushed",
    ];

    private static readonly SeedSearch Search =
        new(seed => new ReplicaWorld(seed, WorldOptions.Default), seeds: 150, KnownSeeds);

    private static readonly SeedSearch RelaxedSearch =
        new(seed => new ReplicaWorld(seed, WorldOptions.Relaxed), seeds: 150, KnownRelaxedSeeds);

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Replication/", StringComparison.Ordinal)
            || name.StartsWith("Storage/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_are_sound()
    {
        Search.AssertSound();
        RelaxedSearch.AssertSound();
        Assert.Null(Stories.FirstToFail("Broker.Replication.Tests"));
        Assert.Null(Stories.FirstToFail("Broker.Storage.Tests"));
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => SearchFor(mutation).AssertCaught(
        mutation, CaughtByStories.Contains(mutation) ? () => Stories.FirstToFail(TestsOf(mutation)) : null);

    private static string TestsOf(string mutation) =>
        $"Broker.{mutation[..mutation.IndexOf('/', StringComparison.Ordinal)]}.Tests";

    private static SeedSearch SearchFor(string mutation) =>
        CaughtWherePowerFails.Contains(mutation) ? RelaxedSearch : Search;
}
