using Broker.Raft.Tests.Worlds;
using Xunit;

// One mutation is on at a time, for the whole process. The stories are tests of this assembly too, and run without
// any.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Broker.Mutants;

/// <summary>
/// Every deliberate bug is caught, in so many seeds, or by a test that tells the story. What is not caught is a hole.
/// </summary>
public sealed class RaftMutantTests
{
    private const int Seeds = 1000;

    /// <summary>
    /// Most of them break no promise, only manners: no world can tell, but the thesis's or a lesson's test can.
    /// </summary>
    private static readonly HashSet<string> CaughtByStories =
    [
        "abstainer-counts", "check-quorum-off", "damaged-leads-on", "log-compared-by-length",
        "lost-acknowledgement-counts", "lower-term-not-answered", "quarantine-ends-by-itself",
        "no-reject-hint", "pre-vote-raises-term", "readmitted-by-own-idea", "stickiness-off", "earlier-loss-readmits",
        "transfer-not-forced", "window-unbounded", "transfer-to-a-learner", "learner-promoted-behind",
        "removed-may-not-finish", "taken-back-at-once", "resigns-in-silence", "silence-asleep-forgotten",
        "woken-follower-keeps-quiet", "abstainer-confirms-reads", "filled-by-old-entries",
        "filled-counts-though-votes-forgotten", "vote-not-spent", "session-keeps-progress",
        "unready-leader-waits-for-ever", "contradiction-not-met", "filled-by-the-first-entry",
        "lone-elects-itself-only", "offer-outlives-waking",
    ];

    /// <summary>They need a world whose members change.</summary>
    private static readonly HashSet<string> CaughtWhereMembersChange =
    [
        "change-before-own-entry", "change-while-one-is-in-flight", "committed-by-new-voters-only",
        "configuration-in-force-when-committed", "configuration-survives-truncation", "elected-by-new-voters-only",
        "joint-by-majority-of-the-union", "joint-left-before-committed", "learner-counts", "removed-leader-goes-on",
        "voters-changed-in-one-step",
    ];

    /// <summary>They need a world whose nodes sleep.</summary>
    private static readonly HashSet<string> CaughtWhereNodesSleep =
    [
        "ignores-lost-session", "sleeper-talks", "sleeps-unflushed", "sleeps-with-lagging-follower",
    ];

    /// <summary>They need a world whose power fails, and where what is written counts.</summary>
    private static readonly HashSet<string> CaughtWherePowerFails =
    [
        "abstaining-vote-counts", "last-resort-by-majority", "lost-tail-ignored",
    ];

    public static TheoryData<string> Mutations =>
        [.. Mutant.All.Where(mutation => mutation.StartsWith("Raft/", StringComparison.Ordinal))
            .Select(mutation => mutation["Raft/".Length..])];

    [Fact]
    public void Without_a_mutation_the_same_worlds_and_stories_are_sound()
    {
        Mutant.Active = null;
        Assert.Null(Stories.FirstToFail("Broker.Raft.Tests"));
        for (int seed = 1; seed <= 100; seed++)
        {
            Assert.Null(SeedRun.Try(WorldSetup.Draw(seed)));
            Assert.Null(SeedRun.Try(WorldSetup.DrawMoving(seed)));
            Assert.Null(SeedRun.Try(WorldSetup.DrawSleeping(seed)));
            Assert.Null(SeedRun.Try(WorldSetup.DrawRelaxed(seed)));
        }
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_caught(string mutation) => Mutant.AssertCaught(
        "Raft/" + mutation,
        () => CaughtByStories.Contains(mutation)
            ? Stories.FirstToFail("Broker.Raft.Tests")
            : FirstBrokenSeed(DrawFor(mutation)),
        "all that has to catch it");

    private static Func<int, WorldSetup> DrawFor(string mutation) =>
        CaughtWhereMembersChange.Contains(mutation) ? WorldSetup.DrawMoving
        : CaughtWhereNodesSleep.Contains(mutation) ? WorldSetup.DrawSleeping
        : CaughtWherePowerFails.Contains(mutation) ? WorldSetup.DrawRelaxed
        : WorldSetup.Draw;

    private static string? FirstBrokenSeed(Func<int, WorldSetup> draw)
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            if (SeedRun.Try(draw(seed)) is { } what)
                return $"seed {seed}, {what}";
        }

        return null;
    }
}
