using Broker.Model;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>Lessons of others (design: lessons) about who leads, and what a new leader may say.</summary>
public sealed class LeadershipLessonTests
{
    public static TheoryData<int> Seeds => [.. Scenario.SomeSeeds];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_1_a_new_leader_reads_only_behind_an_entry_of_its_own_term(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(20);
        ReplicaSeat before = scenario.Leader!;
        before.Kill();
        scenario.Until(() => scenario.Leader is not null);
        ReplicaSeat leader = scenario.Leader!;
        Func<bool?> read = scenario.ReadIndex(leader);
        scenario.Until(() => read() is not null);

        if (read() == true)
        {
            Assert.True(leader.RecordOf(scenario.Group)!.Commit >= scenario.Group.LastAcknowledged);
            Assert.Equal(scenario.Term, scenario.Group[leader.RecordOf(scenario.Group)!.Commit].Term);
        }

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_4_and_22_a_lost_leaders_tail_is_replaced_offset_by_offset(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(10);
        ReplicaSeat old = scenario.Leader!;
        scenario.Isolate(old);
        scenario.Propose(30, old);
        scenario.Until(() => scenario.Leader is { } now && now != old);
        scenario.Store(10);
        LogIndex tail = old.RecordOf(scenario.Group)!.Last;

        Assert.True(tail > scenario.Group.LastCommitted, "the old leader's log is longer");
        scenario.EndsWell();
        Assert.True(old.RecordOf(scenario.Group)!.Last < tail);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_19_a_link_that_is_cut_one_way_does_not_end_leadership_for_ever(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        ReplicaSeat other = scenario.Followers.First();
        if (seed % 2 == 0)
            scenario.World.Network.Cut(leader.Id, other.Id);
        else
            scenario.World.Network.Cut(other.Id, leader.Id);
        scenario.For(5000);
        Term settled = scenario.Term;
        for (int i = 0; i < 10; i++)
        {
            scenario.Until(() => scenario.Leader is not null);
            scenario.Propose(2);
            scenario.For(1000);
        }

        Assert.True(scenario.World.Clients.Acknowledged >= 10, "values are taken all the while");
        Assert.True(scenario.Term.Value <= settled.Value + 1, $"terms ran from {settled} to {scenario.Term}");
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_20_answers_across_a_failover_name_the_offset_where_the_value_stands(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 3; round++)
        {
            scenario.Until(() => scenario.Leader is not null);
            scenario.Propose(30);
            scenario.World.RunFor(TimeSpan.FromMilliseconds(3 + seed));
            scenario.Leader?.Kill();
            scenario.Until(() => scenario.Leader is not null);
            scenario.Propose(10);
            scenario.EndsWell();
        }

        Assert.True(scenario.World.Clients.Acknowledged > 0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_21_a_rolling_restart_leaves_a_leader(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(50);
        foreach (ReplicaSeat seat in scenario.Seats)
        {
            seat.Kill();
            scenario.For(200);
            seat.Start();
            scenario.Until(() => seat.IsComplete && scenario.Leader is not null, TimeSpan.FromSeconds(5));
            scenario.For(500);
        }

        scenario.Until(() => scenario.Leader is not null, TimeSpan.FromSeconds(3));
        scenario.Store(10);
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_26_a_broker_that_was_cut_off_comes_back_and_disturbs_nobody(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(5);
        Term before = scenario.Term;
        ReplicaSeat away = scenario.Followers.First();
        scenario.Isolate(away);
        scenario.For(20_000);
        scenario.Store(5);
        scenario.World.Network.MendAll();
        scenario.Until(() => away.RecordOf(scenario.Group)!.Commit == scenario.Group.LastCommitted);

        Assert.Equal(before, scenario.Term);
        scenario.EndsWell();
    }
}
