using Broker.Raft.Tests.Worlds;
using Xunit;

namespace Broker.Raft.Tests;

public sealed class WorldTests
{
    private const int Seeds = 600;

    [Fact]
    public void Every_invariant_holds_in_bad_worlds_and_progress_returns() => TrySeeds(WorldSetup.Draw);

    /// <summary>Lesson 12: changes of membership, crossed with partitions and crashes.</summary>
    [Fact]
    public void Lesson_12_Every_invariant_holds_where_members_change_all_the_time() => TrySeeds(WorldSetup.DrawMoving);

    [Fact]
    public void Every_invariant_holds_where_nodes_sleep_and_who_lost_its_leader_asleep_has_another() =>
        TrySeeds(WorldSetup.DrawSleeping);

    [Fact]
    public void Every_invariant_holds_where_what_is_written_counts_and_power_fails() =>
        TrySeeds(WorldSetup.DrawRelaxed);

    [Fact]
    public void The_worlds_whose_members_change_show_what_they_are_for()
    {
        var seen = new Sightings();
        for (int seed = 1; seed <= 50; seed++)
        {
            seen.NextWorld();
            Assert.Null(SeedRun.Try(WorldSetup.DrawMoving(seed), observer: seen));
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{seen.Changes} changes, {seen.TakenBack} taken back, {seen.Replaced} all replaced, "
            + $"{seen.RolledBack} rolled back, {seen.LedOutside} led outside, {seen.ElectedJoint} elected joint, "
            + $"{seen.RestartedJoint} restarted joint");
        int[] counts =
        [
            seen.Changes, seen.TakenBack, seen.Replaced, seen.RolledBack, seen.LedOutside, seen.ElectedJoint,
            seen.RestartedJoint,
        ];
        Assert.All(counts, count => Assert.True(count >= 3, $"{count}"));
    }

    [Fact]
    public void The_worlds_whose_power_fails_show_what_they_are_for()
    {
        var seen = new RelaxedSightings();
        for (int seed = 1; seed <= 100; seed++)
            Assert.Null(SeedRun.Try(WorldSetup.DrawRelaxed(seed), observer: seen));

        TestContext.Current.SendDiagnosticMessage(
            $"{seen.ByAll} elected by all, {seen.Losses} losses, {seen.Contradicted} contradicted");
        Assert.True(seen is { ByAll: >= 10, Losses: >= 1 }, $"{seen.ByAll} by all, {seen.Losses} losses");
    }

    private static void TrySeeds(Func<int, WorldSetup> draw)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("RAFT_FIRST_SEED"), out int seed) ? seed : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAFT_SEEDS"), out int seeds) ? seeds : Seeds;
        for (int i = first; i < first + count; i++)
        {
            if (SeedRun.Try(draw(i)) is not null)
                Assert.Fail(SeedRun.Explain(draw(i)));
        }
    }
}
