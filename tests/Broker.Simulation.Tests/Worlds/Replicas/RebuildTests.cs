using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>
/// Replicas that their leader can't bring up by appends, because what they lack is gone, begin anew; crossed with
/// what may come in between.
/// </summary>
public sealed class RebuildTests
{
    // In worlds of an even seed retention waits for nobody who is away.
    public static TheoryData<int> Seeds => [.. Scenario.SomeSeeds.Select(seed => 2 * seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whoever_comes_back_behind_the_log_start_begins_anew_and_counts(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat away = scenario.Followers.First();
        away.Kill();
        Shorten(scenario);
        away.Start();
        UntilLevel(scenario, away);
        Assert.True(away.Find(scenario.Group)!.Log.FirstIndex.Value > 1);

        // Nothing is committed without it from here on.
        scenario.Followers.First(seat => seat != away).Kill();
        scenario.Store(20);
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Power_cuts_at_every_step_of_it_cost_nothing(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 5; round++)
        {
            ReplicaSeat away = scenario.Followers.First();
            away.Kill();
            Shorten(scenario);
            away.Start();
            scenario.For((7 * round) + (3 * seed));
            away.PowerOff();
            away.Start();
            UntilLevel(scenario, away);
        }

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_leader_may_die_before_it_has_given_all(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat away = scenario.Followers.First();
        away.Kill();
        Shorten(scenario);
        away.Start();
        scenario.For(2 + (5 * seed));
        ReplicaSeat leader = scenario.Leader!;
        leader.PowerOff();
        scenario.For(1500);
        leader.Start();
        scenario.EndsWell();
        Assert.All(scenario.Seats, seat => Assert.Null(seat.Find(scenario.Group)!.Log.Damage));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_goes_on_taking_votes_and_entries_while_others_come_and_go(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 4; round++)
        {
            scenario.Until(() => scenario.Leader is not null);
            ReplicaSeat away = scenario.Followers.ElementAt(round % 2);
            scenario.Isolate(away);
            Shorten(scenario);
            scenario.World.Network.MendAll();
            scenario.For(10 * round);
            scenario.Leader?.Kill();
            scenario.For(2000);
            scenario.EndsWell();
        }
    }

    private static void Shorten(Scenario scenario)
    {
        long before = FirstOf(scenario);
        for (int i = 0; i < 3; i++)
        {
            scenario.FillSegments();
            scenario.Leader!.Find(scenario.Group)!.ApplyRetention(-1, 4 << 10);
            scenario.For(200);
        }

        Assert.True(FirstOf(scenario) > before);
    }

    private static long FirstOf(Scenario scenario) =>
        scenario.Leader!.Find(scenario.Group)!.Log.FirstIndex.Value;

    private static void UntilLevel(Scenario scenario, ReplicaSeat seat) => scenario.Until(() =>
        seat.Find(scenario.Group) is { } replica && replica.CommitIndex == scenario.Group.LastCommitted
        && replica.Log.LastIndex >= scenario.Group.LastCommitted);
}
