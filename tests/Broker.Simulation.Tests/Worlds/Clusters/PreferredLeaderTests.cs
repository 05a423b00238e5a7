using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Controller;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Xunit;

namespace Broker.Simulation.Tests.Worlds.Clusters;

/// <summary>Leadership goes back to the first replica of the list, and rests there.</summary>
public sealed class PreferredLeaderTests
{
    private static readonly BrokerId Victim = new(1);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_crash_every_leadership_goes_back_once_and_rests(int seed) => Live(seed, world =>
    {
        world.Seat(Victim).Kill();
        world.RunFor(TimeSpan.FromSeconds(2));
        Assert.Contains(Partitions(world), partition => partition.Replicas[0] == Victim);
        Assert.DoesNotContain(Partitions(world), partition => partition.Leader == Victim && IsShared(partition));

        world.Seat(Victim).Start();
        world.RunFor(Delay);
        Assert.DoesNotContain(Partitions(world), partition => partition.Leader == Victim && IsShared(partition));
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(10), () => AreAllPreferred(world)), "not all went back");

        int elections = Elections(world);
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal(elections, Elections(world));
    });

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_preferred_broker_that_keeps_dying_moves_leaders_no_more_often_than_it_dies(int seed) =>
        Live(seed, world =>
        {
            const int Deaths = 10;
            int before = Partitions(world).Max(partition => partition.Term.Value);
            for (int i = 0; i < Deaths; i++)
            {
                world.Seat(Victim).Kill();
                world.RunFor(TimeSpan.FromMilliseconds(700));
                world.Seat(Victim).Start();
                world.RunFor(TimeSpan.FromSeconds(5));
            }

            // Away and back, and now and then an election that was not won at once.
            int most = Partitions(world).Max(partition => partition.Term.Value) - before;
            Assert.InRange(most, 1, (2 * Deaths) + 5);
            Assert.True(world.RunUntil(TimeSpan.FromSeconds(10), () => AreAllPreferred(world)), "not all went back");
        });

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void What_a_broker_with_a_broken_link_could_not_keep_is_not_forced_on_it(int seed) => Live(seed, world =>
    {
        int before = Elections(world);
        var other = new BrokerId(2);
        world.Network.Cut(Victim, other);
        world.RunFor(TimeSpan.FromSeconds(60));

        // At the worst once for each delay and partition, there and back.
        int most = Partitions(world).Count() * 2 * 60 / (int)Delay.TotalSeconds;
        Assert.InRange(Elections(world) - before, 0, most);
        world.Network.MendAll();
        Assert.True(world.RunUntil(TimeSpan.FromSeconds(20), () => AreAllPreferred(world)), "not all went back");
    });

    [Fact]
    public void Turned_off_nothing_goes_back() => Live(8, isOn: false, world =>
    {
        world.Seat(Victim).Kill();
        world.RunFor(TimeSpan.FromSeconds(2));
        world.Seat(Victim).Start();
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(Partitions(world), partition => partition.Leader == Victim && IsShared(partition));
    });

    private static void Live(int seed, Action<ClusterWorld> story) => Live(seed, isOn: true, story);

    // Clients make topics and write to them; then the story is told while nobody does anything else.
    private static void Live(int seed, bool isOn, Action<ClusterWorld> story)
    {
        var world = new ClusterWorld(seed, WorldOptions.Default with { HasNemesis = false })
        {
            Leadership = new LeadershipOptions { IsRebalanced = isOn, RebalanceDelay = Delay, RebalanceRate = 20 },
        };
        try
        {
            world.StartAll();
            Assert.True(world.RunUntil(TimeSpan.FromSeconds(10), world.AllReady));
            world.Workload.Begin();
            world.RunFor(TimeSpan.FromSeconds(6));
            world.Workload.Stop();
            Assert.True(world.RunUntil(TimeSpan.FromSeconds(10), () => world.Workload.IsIdle));
            story(world);
            Assert.Null(world.Converge("in the end"));
        }
        finally
        {
            world.End();
        }
    }

    // One that the death of a broker leaves with a majority.
    private static bool IsShared(PartitionImage partition) => partition.Replicas.Length > 2;

    private static bool AreAllPreferred(ClusterWorld world) =>
        Partitions(world).All(partition => partition.Leader == partition.Replicas[0]);

    private static int Elections(ClusterWorld world) => Partitions(world).Sum(partition => partition.Term.Value);

    // As a broker sees them that nothing happens to.
    private static IEnumerable<PartitionImage> Partitions(ClusterWorld world)
    {
        IClusterView view = world.Seat(new BrokerId(3)).Cluster!;
        return view.Image.Topics.Values.SelectMany(topic => topic.Partitions);
    }
}
