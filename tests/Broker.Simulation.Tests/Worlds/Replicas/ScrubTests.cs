using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>Damage in what nobody reads: it is met while the others can still repair it.</summary>
public sealed class ScrubTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    public static TheoryData<int> Seeds => [.. Scenario.SomeSeeds];

    /// <summary>Worlds in which groups do fall asleep.</summary>
    public static TheoryData<int> SleepySeeds => [.. Scenario.SomeSeeds.Where(SleepsIn)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_11_damage_in_a_follower_that_nobody_reads_is_met_and_filled_from_the_others(int seed)
    {
        using var scenario = new Scenario(seed, scrub: Often);
        scenario.FillSegments();
        ReplicaSeat victim = scenario.Followers.First();
        Replica before = victim.Find(scenario.Group)!;
        Assert.True(victim.Decay(scenario.Group, butNewest: 2));

        scenario.Until(() => victim.Find(scenario.Group) is { Status.Abstains: false } now && now != before);

        scenario.EndsWell();
        Assert.True(scenario.Read(victim));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_11_a_leader_whose_scrub_meets_damage_hands_over_at_once(int seed)
    {
        using var scenario = new Scenario(seed, scrub: Often);
        scenario.FillSegments();
        ReplicaSeat victim = scenario.Leader!;
        Term led = scenario.Term;
        Assert.True(victim.Decay(scenario.Group, butNewest: 2));

        scenario.Until(() => scenario.Leader is { } now && now != victim && scenario.Term > led);

        scenario.Store(10);
        scenario.Until(() => victim.Find(scenario.Group) is { Status.Abstains: false });
        scenario.EndsWell();
        Assert.True(scenario.Read(victim));
    }

    [Theory]
    [MemberData(nameof(SleepySeeds))]
    public void Groups_that_sleep_are_read_and_sleep_on(int seed)
    {
        using var scenario = new Scenario(seed, groups: 3, scrub: Often);
        scenario.FillSegments();
        scenario.Until(() => scenario.Seats.All(seat => AllAsleep(scenario, seat)), TimeSpan.FromSeconds(30));
        scenario.For(500);
        long said = scenario.World.MessagesOfGroups;
        long read = scenario.Seats.Sum(seat => seat.ScrubbedBytes);

        scenario.For(5000);

        Assert.All(scenario.Seats, seat => Assert.True(AllAsleep(scenario, seat)));
        Assert.Equal(said, scenario.World.MessagesOfGroups);
        Assert.True(scenario.Seats.Sum(seat => seat.ScrubbedBytes) > read, "nothing was read again");
    }

    private static bool SleepsIn(int seed) =>
        new ReplicaWorld(seed, WorldOptions.Default with { Groups = 3 }).HostOptions.Raft.SleepTicks > 0;

    private static bool AllAsleep(Scenario scenario, ReplicaSeat seat) =>
        scenario.World.Groups.TrueForAll(seat.IsAsleep);
}
