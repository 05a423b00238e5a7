using Broker.Model;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Clusters;

/// <summary>
/// Lessons of others (docs/testing.md) about what a whole broker's disk loses: the others make up for it under load,
/// and nobody has to do anything.
/// </summary>
public sealed class LossLessonTests
{
    private static readonly BrokerId First = new(1);
    private static readonly BrokerId Second = new(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly WorldOptions Calm = WorldOptions.Default with { HasNemesis = false, HasLosses = true };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 4)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_11_a_broker_that_leads_comes_back_without_the_ends_of_its_logs(int seed) =>
        Tell(seed, world => Lose(world, Second, world.Losses.CutOff));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_18_two_brokers_are_wiped_one_after_the_other_and_all_lose_their_power(int seed) =>
        Tell(seed, world => Both(world, world.Losses.Wipe));

    // Whoever was taken in again remembers that: else two of three would abstain after the power cut, and no partition
    // had a leader ever again.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_28_two_brokers_lose_their_votes_one_after_the_other_and_all_lose_their_power(int seed) =>
        Tell(seed, world => Both(world, world.Losses.LoseVotes));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lesson_29_one_bit_of_one_broker_in_five_costs_nothing(int seed) => Tell(
        seed,
        world =>
        {
            foreach (BrokerSeat seat in world.Seats)
                Lose(world, seat.Id, world.Losses.FlipBit);
        },
        brokers: 5);

    private static void Tell(int seed, Action<ClusterWorld> story, int brokers = 3)
    {
        var world = new ClusterWorld(seed, Calm with { Brokers = brokers });
        try
        {
            world.StartAll();
            Require(world, world.AllReady);
            world.Workload.Begin();
            Require(world, () => world.Acknowledged > 50);
            story(world);
            Assert.Null(world.Conclude());
            Assert.True(world.Losses.Count > 0, "nothing was lost");
        }
        finally
        {
            world.End();
        }
    }

    private static void Both(ClusterWorld world, Action<BrokerSeat> loss)
    {
        Lose(world, First, loss);
        Lose(world, Second, loss);
        foreach (BrokerSeat seat in world.Seats)
            seat.PowerOff();
        foreach (BrokerSeat seat in world.Seats)
            seat.Start();
    }

    // Ended in order, it has marked all that is flushed.
    private static void Lose(ClusterWorld world, BrokerId broker, Action<BrokerSeat> loss)
    {
        BrokerSeat seat = world.Seat(broker);
        seat.Stop();
        Require(world, () => !seat.IsUp);
        loss(seat);
        seat.Start();
        Require(world, world.Losses.AreMadeUpFor);
    }

    private static void Require(ClusterWorld world, Func<bool> holds) =>
        Assert.True(world.RunUntil(Patience, holds), world.Findings.First ?? world.Losses.Describe());
}
