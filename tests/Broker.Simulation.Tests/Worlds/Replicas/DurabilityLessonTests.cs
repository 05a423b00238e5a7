using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Simulation.Worlds.Replicas;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Replicas;

/// <summary>Lessons of others (design: lessons) that end with something acknowledged that is gone.</summary>
public sealed class DurabilityLessonTests
{
    public static TheoryData<int> Seeds => [.. Scenario.SomeSeeds];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_10_one_loses_power_while_another_is_paused(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        ReplicaSeat paused = scenario.Followers.First();
        ReplicaSeat awake = scenario.Followers.Last();
        paused.Life.PausedUntil = scenario.World.Queue.Now + TimeSpan.FromSeconds(2).Ticks;
        scenario.Store(20);
        awake.PowerOff();
        leader.PowerOff();
        scenario.For(2000);
        awake.Start();

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_14_a_group_of_one_answers_after_its_own_flush(int seed)
    {
        using var scenario = new Scenario(seed, brokers: 1);
        scenario.Propose(10);
        scenario.Until(() => scenario.World.Clients.Acknowledged > 0);
        scenario.Seats[0].PowerOff();

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_15_names_of_new_files_survive_a_power_cut_of_all(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 4; round++)
        {
            scenario.Store(15);
            foreach (ReplicaSeat seat in scenario.Seats)
                seat.PowerOff();
            scenario.EndsWell();
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_27_after_a_failed_flush_the_broker_ends_and_nothing_is_lost(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        scenario.Store(5);
        leader.Disk.FailingFlushes = 1;
        scenario.Propose(5);
        scenario.Until(() => !leader.IsUp);

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_27_what_a_failed_flush_left_in_the_page_cache_survives_or_is_not_believed(int seed)
    {
        using var scenario = new Scenario(seed);
        for (int round = 0; round < 3; round++)
        {
            scenario.Until(() => scenario.Leader is not null);
            ReplicaSeat victim = round % 2 == 0 ? scenario.Leader! : scenario.Followers.First();
            scenario.Store(5);
            victim.Disk.FailingFlushes = 1;
            scenario.Propose(5);
            scenario.Until(() => !victim.IsUp);
            victim.Start();
            scenario.Until(() => scenario.Leader is not null && scenario.Seats.All(seat => seat.IsComplete));
            scenario.Store(5);
            foreach (ReplicaSeat seat in scenario.Seats)
                seat.PowerOff();
            scenario.EndsWell();
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_11_a_leader_that_meets_damage_in_a_read_steps_down_at_once_and_is_filled_again(int seed)
    {
        using var scenario = new Scenario(seed, groups: 2);
        scenario.FillSegments();
        ReplicaSeat victim = scenario.Leader!;
        GroupRecord neighbour = scenario.World.Groups[1];
        Term neighbours = scenario.Seats.Max(seat => seat.RecordOf(neighbour)!.Term);
        Assert.True(victim.Decay(scenario.Group, butNewest: victim.SegmentsOf(scenario.Group) - 1));

        Assert.False(scenario.Read(victim));

        scenario.Until(() => !victim.RecordOf(scenario.Group)!.IsLeader, TimeSpan.FromMilliseconds(20));
        scenario.Until(() => scenario.Leader is { } now && now != victim);
        scenario.Store(10);
        scenario.Until(() => victim.Find(scenario.Group) is { Status: { Abstains: false } });
        scenario.EndsWell();
        Assert.True(scenario.Read(victim));
        Assert.Equal(neighbours, scenario.Seats.Max(seat => seat.RecordOf(neighbour)!.Term));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_11_a_follower_that_meets_damage_in_a_read_does_not_count_before_it_is_filled_again(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.FillSegments();
        ReplicaSeat victim = scenario.Followers.First();
        Assert.True(victim.Decay(scenario.Group, butNewest: victim.SegmentsOf(scenario.Group) - 1));

        Assert.False(scenario.Read(victim));

        // Whoever could fill it is away: it must not be the second of two that store or elect.
        scenario.Isolate(victim);
        scenario.Until(() => victim.Find(scenario.Group) is { Status: { Abstains: true } });
        ReplicaSeat leader = scenario.Leader!;
        scenario.Followers.First(seat => seat != victim).PowerOff();
        leader.Kill();
        scenario.World.Network.MendAll();
        leader.Start();
        int before = scenario.World.Clients.Acknowledged;
        scenario.For(5000);
        Assert.Null(scenario.Leader);
        Assert.Equal(before, scenario.World.Clients.Acknowledged);

        scenario.EndsWell();
        Assert.True(scenario.Read(victim));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_a_bit_that_decays_is_found_and_filled_from_the_others(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(30);
        scenario.For(3000);
        ReplicaSeat victim = scenario.Followers.First();
        victim.Kill();
        Assert.True(victim.Decay(scenario.Group, butNewest: 0), "there is a file to damage");
        victim.Start();

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_a_disk_that_is_full_in_the_middle_of_a_roll_recovers(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        leader.Disk.Capacity = leader.Disk.UsedBytes + 3000;
        List<TestProposal> offered = scenario.Propose(60);
        scenario.UntilAnswered(offered);
        leader.Disk.Capacity = long.MaxValue;

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_where_all_disks_are_full_somebody_leads_for_the_readers_sake(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(20);
        scenario.For(2000);
        foreach (ReplicaSeat seat in scenario.Seats)
            seat.Disk.Capacity = seat.Disk.UsedBytes + 200;
        scenario.For(5000);
        Assert.True(scenario.LeaderStatus is { IsLeaderReady: true, IsStorageFull: true });
        List<TestProposal> refused = scenario.Propose(5);
        scenario.UntilAnswered(refused);
        Assert.All(refused, value => Assert.Equal(ProposalFailure.StorageFull, value.Failure));

        scenario.Leader!.Kill();
        scenario.Until(() => scenario.LeaderStatus is { IsLeaderReady: true }, TimeSpan.FromSeconds(30));

        foreach (ReplicaSeat seat in scenario.Seats)
            seat.Disk.Capacity = long.MaxValue;
        scenario.Until(() => scenario.LeaderStatus is { IsLeaderReady: true, IsStorageFull: false });
        scenario.Store(5);
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_what_was_under_way_when_all_disks_filled_up_is_stored_when_there_is_room(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(20);
        List<TestProposal> offered = scenario.Propose(60);
        foreach (ReplicaSeat seat in scenario.Seats)
            seat.Disk.Capacity = seat.Disk.UsedBytes + 200;
        scenario.For(5000);
        Assert.True(scenario.LeaderStatus is { IsStorageFull: true });

        foreach (ReplicaSeat seat in scenario.Seats)
            seat.Disk.Capacity = long.MaxValue;
        scenario.UntilAnswered(offered);
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_leadership_goes_where_there_is_room(int seed)
    {
        using var scenario = new Scenario(seed);
        scenario.Store(5);
        ReplicaSeat full = scenario.Leader!;
        full.Disk.Capacity = full.Disk.UsedBytes + 200;
        scenario.Until(() => scenario.Leader is { } leader && leader != full);
        scenario.Store(50);
        full.Disk.Capacity = long.MaxValue;
        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_18_a_wiped_broker_neither_votes_nor_leads_before_it_is_filled(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        ReplicaSeat behind = scenario.Followers.First();
        ReplicaSeat wiped = scenario.Followers.Last();
        scenario.Isolate(behind);
        scenario.Store(20);
        leader.PowerOff();
        wiped.PowerOff();
        wiped.Wipe();
        scenario.World.Network.MendAll();
        wiped.Start();
        scenario.For(10_000);
        Assert.Null(scenario.Leader);

        scenario.EndsWell();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_24_what_was_taken_on_is_answered_and_what_was_not_is_not(int seed)
    {
        using var scenario = new Scenario(seed);
        ReplicaSeat leader = scenario.Leader!;
        scenario.Isolate(leader);
        List<TestProposal> offered = scenario.Propose(2000, leader);
        scenario.World.Network.MendAll();
        scenario.UntilAnswered(offered);

        scenario.EndsWell();
        Assert.All(offered, value => Assert.True(
            value.Failure is not (ProposalFailure.NotEnoughReplicas or ProposalFailure.StorageFull)));
        Assert.All(offered, value => Assert.True(value.Failure is not null || value.Index > LogIndex.Zero));
    }
}
