using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>Lessons of others (design: lessons) about state beside the log, short logs and late followers.</summary>
public sealed class StateLessonTests
{
    public static TheoryData<int> Seeds => [.. Scenario.SomeSeeds];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_13_a_checkpoint_stands_for_exactly_the_entries_whose_state_it_holds(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 6; round++)
        {
            scenario.Until(() => scenario.Leader is not null);
            scenario.Propose(20);
            scenario.For(5 + (seed * round));
            foreach (ReplicaSeat seat in scenario.Seats)
                seat.Find(scenario.Group)?.RequestCheckpoint();
            scenario.Propose(20);
            scenario.For(seed);
            ReplicaSeat victim = scenario.Seats[round % 3];
            if (round % 2 == 0)
                victim.Kill();
            else
                victim.PowerOff();
            scenario.EndsWell();
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_16_a_crash_while_the_front_of_the_log_is_deleted_moves_nothing_back(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 6; round++)
        {
            scenario.Until(() => scenario.Leader is not null);
            scenario.FillSegments();
            scenario.Leader!.Find(scenario.Group)!.ApplyRetention(-1, 4 << 10);
            scenario.For(1 + (2 * round) + seed);
            ReplicaSeat victim = scenario.Seats[round % 3];
            victim.PowerOff();
            scenario.EndsWell();
            Assert.True(scenario.Read(victim));
        }

        Assert.All(scenario.Seats, seat => Assert.True(seat.Find(scenario.Group)!.Log.FirstIndex.Value > 1));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_23_one_paused_follower_holds_nobody_up(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat paused = scenario.Followers.First();
        paused.Life.PausedUntil = scenario.World.Queue.Now + TimeSpan.FromSeconds(20).Ticks;
        for (int i = 0; i < 10; i++)
        {
            scenario.Store(10);
            scenario.For(500);
        }

        Func<bool?> read = scenario.ReadIndex(scenario.Leader!);
        scenario.Until(() => read() is not null, TimeSpan.FromSeconds(1));
        Assert.True(read());
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_25_a_follower_that_was_away_is_back_in_step_within_a_second(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat away = scenario.Followers.First();
        away.Kill();
        for (int i = 0; i < 10; i++)
            scenario.Store(40);
        away.Start();
        scenario.Until(() => away.IsComplete);

        scenario.Until(
            () => away.RecordOf(scenario.Group)!.Commit == scenario.Group.LastCommitted, TimeSpan.FromSeconds(1));
        scenario.EndsWell();
    }
}
