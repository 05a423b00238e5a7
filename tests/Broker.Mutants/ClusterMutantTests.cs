using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs of Server, each caught by clusters of whole brokers.
/// </summary>
/// <remarks>
/// Not among them, because 200 seeds do not tell: a log start in force from its append on, not from its commit. A
/// client would have to ask a leader that is cut off where the log begins, between that leader's append and its end.
/// </remarks>
public sealed class ClusterMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Server/duplicate-answered-at-once"] = 3,
    };

    /// <summary>Clients seldom ask in the moment in which it shows; Server's own tests of that moment do.</summary>
    private static readonly HashSet<string> CaughtByStories =
    [
        "Server/fresh-leader-serves", "Server/min-insync-ignored", "Server/producer-state-survives-truncation",
        "Server/unknown-told-as-not-written",
    ];

    /// <summary>What is chosen is planned without a machine, and so are its stories.</summary>
    private static readonly string[] Planned =
    [
        "Server/rebuild-", "Server/config-by-name", "Server/config-deletion-ignored",
        "Server/config-durability-changed", "Server/config-kept-though-replaced",
    ];

    private static readonly SeedSearch Search =
        new(seed => new ClusterWorld(seed, WorldOptions.Default), seeds: 200, KnownSeeds);

    /// <summary>Only where configs change can it show.</summary>
    private const string Configured = "Server/config-not-in-force";

    private static readonly SeedSearch Configs =
        new(seed => new ClusterWorld(seed, WorldOptions.Configuring), seeds: 20, new Dictionary<string, int>());

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Server/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_and_stories_are_sound()
    {
        Search.AssertSound();
        Assert.Null(Stories.FirstToFail("Broker.Server.Tests"));
        Assert.Null(Stories.FirstToFail("Broker.Metadata.Tests"));
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) =>
        (mutation == Configured ? Configs : Search).AssertCaught(mutation, CatcherOf(mutation));

    private static Func<string?>? CatcherOf(string mutation) =>
        Array.Exists(Planned, planned => mutation.StartsWith(planned, StringComparison.Ordinal))
            ? () => Stories.FirstToFail("Broker.Metadata.Tests")
        : CaughtByStories.Contains(mutation) ? () => Stories.FirstToFail("Broker.Server.Tests")
        : null;
}
