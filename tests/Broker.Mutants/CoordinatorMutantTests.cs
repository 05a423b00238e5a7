using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Deliberate bugs in how groups are coordinated by replicas that come and go, each caught by clusters of whole brokers
/// with clients that commit and members that share a group's work.
/// </summary>
public sealed class CoordinatorMutantTests
{
    private static readonly Dictionary<string, int> KnownSeeds = new()
    {
        ["Coordinators/in-doubt-commit-refused"] = 5,
        ["Coordinators/restored-without-its-groups"] = 5,
    };

    /// <summary>No world of the first 100 reaches the moment in which it shows; Server's own tests do.</summary>
    private static readonly HashSet<string> CaughtByStories =
    [
        "Coordinators/offsets-read-without-asking", "Coordinators/truncated-records-applied",
        "Coordinators/written-in-a-later-term",
    ];

    private static readonly SeedSearch Search =
        new(seed => new ClusterWorld(seed, WorldOptions.Committing), seeds: 100, KnownSeeds);

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(name => name.StartsWith("Coordinators/", StringComparison.Ordinal))];

    [Fact]
    public void Without_a_mutation_the_same_worlds_and_stories_are_sound()
    {
        Search.AssertSound();
        Assert.Null(FirstStoryToFail());
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => Search.AssertCaught(
        mutation, CaughtByStories.Contains(mutation) ? FirstStoryToFail : null);

    private static string? FirstStoryToFail() => Stories.FirstToFail("Broker.Server.Tests.Groups");
}
