using Broker.Model;
using Broker.Simulation.Invariants.Clients;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Clusters;

/// <summary>
/// Lesson 12: members of a group change while brokers are killed and cut off. A partition moves under load, and at each
/// moment of its way, 40 ms after the other, somebody who matters fails.
/// </summary>
public sealed class MoveLessonTests
{
    private const int Moments = 8;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly WorldOptions Calm = WorldOptions.Moving with { HasNemesis = false, HasMoves = false };

    public enum Victim
    {
        Leader,
        Newcomer,
        Leaver,
        MetadataLeader,
        All,
    }

    public enum Fault
    {
        Kill,
        PowerCut,
        Isolation,
    }

    [Theory]
    [InlineData(Victim.Leader, Fault.Kill)]
    [InlineData(Victim.Leader, Fault.Isolation)]
    [InlineData(Victim.Newcomer, Fault.PowerCut)]
    [InlineData(Victim.Newcomer, Fault.Isolation)]
    [InlineData(Victim.Leaver, Fault.Kill)]
    [InlineData(Victim.Leaver, Fault.Isolation)]
    [InlineData(Victim.MetadataLeader, Fault.Kill)]
    [InlineData(Victim.MetadataLeader, Fault.Isolation)]
    [InlineData(Victim.All, Fault.PowerCut)]
    public void Lesson_12_a_move_survives_whatever_fails_on_its_way(Victim victim, Fault fault)
    {
        for (int moment = 0; moment < Moments; moment++)
        {
            string? finding = Tell(1000 + moment, Step * moment, victim, fault);
            Assert.True(finding is null, $"{fault} of {victim} at moment {moment}: {finding}");
        }
    }

    private static string? Tell(int seed, TimeSpan moment, Victim victim, Fault fault)
    {
        var world = new ClusterWorld(seed, Calm);
        world.StartAll();
        Require(world, world.AllReady);
        world.Workload.Begin();
        Require(world, () => Movable(world) is not null && world.Acknowledged > 20);
        PartitionLedger partition = Movable(world)!;
        IReadOnlyList<BrokerId> before = world.ReplicasOf(partition.Id);
        BrokerId newcomer = world.Seats.Select(seat => seat.Id).First(id => !before.Contains(id));
        BrokerId[] target = [newcomer, .. before.Skip(1)];
        Task granted = world.Workload.Move(partition, target);
        Require(world, () => granted.IsCompleted);
        world.RunFor(moment);

        BrokerSeat[] struck = [.. Struck(world, partition, newcomer, before[0], victim)];
        foreach (BrokerSeat seat in struck)
            Strike(world, seat, fault);
        world.RunFor(TimeSpan.FromMilliseconds(700));
        world.Network.MendAll();
        foreach (BrokerSeat seat in struck)
            seat.Start();
        string? finding = world.Conclude();
        IReadOnlyList<BrokerId> after = world.ReplicasOf(partition.Id);
        bool isThere = after.Count == 0 || after.SequenceEqual(target);
        return finding ?? (isThere ? null : $"{partition} is on {string.Join(',', after)}");
    }

    private static void Require(ClusterWorld world, Func<bool> holds) =>
        Assert.True(world.RunUntil(Patience, holds), world.Findings.First ?? "it does not happen in time");

    private static PartitionLedger? Movable(ClusterWorld world) => world.Workload.Topics
        .Where(topic => topic is { IsGoing: false, Replicas: 3 })
        .SelectMany(topic => topic.Partitions)
        .FirstOrDefault(partition => world.LeaderOf(partition.Id) != BrokerId.None);

    private static IEnumerable<BrokerSeat> Struck(
        ClusterWorld world, PartitionLedger partition, BrokerId newcomer, BrokerId leaver, Victim victim)
    {
        BrokerId one = victim switch
        {
            Victim.Leader => world.LeaderOf(partition.Id),
            Victim.Newcomer => newcomer,
            Victim.Leaver => leaver,
            Victim.MetadataLeader => world.MetadataLeader,
            _ => BrokerId.None,
        };
        return world.Seats.Where(seat => victim == Victim.All || seat.Id == one);
    }

    private static void Isolate(ClusterWorld world, BrokerId broker)
    {
        foreach (BrokerSeat other in world.Seats.Where(seat => seat.Id != broker))
        {
            world.Network.Cut(broker, other.Id);
            world.Network.Cut(other.Id, broker);
        }
    }

    private static void Strike(ClusterWorld world, BrokerSeat seat, Fault fault)
    {
        if (fault == Fault.Kill)
            seat.Kill();
        else if (fault == Fault.PowerCut)
            seat.PowerOff();
        else
            Isolate(world, seat.Id);
    }
}
