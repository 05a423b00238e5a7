using Broker.Model;
using Broker.Raft;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Members of a running group change, and what was decided outlives the brokers.</summary>
public sealed class MembershipTests
{
    private static readonly ClusterOptions FourthOutside = new() { Brokers = 4, Voters = 3 };
    private static readonly BrokerId Fourth = new(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_learns_and_then_votes_in_the_place_of_the_leader()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(FourthOutside);
        await cluster.ProposeAsync(0, 50);
        TestBroker leader = await cluster.LeaderAsync();
        BrokerId[] staying = [.. cluster.Brokers.Take(3).Select(broker => broker.Id).Where(id => id != leader.Id)];

        await ReachAsync(cluster, Configuration.Of(VotersOf(cluster, 3), Fourth));
        await ReachAsync(cluster, Configuration.Of(VoterSet.Of([.. staying, Fourth])));

        TestBroker next = await cluster.LeaderAsync();
        Assert.NotEqual(leader.Id, next.Id);
        Assert.False(leader.ReplicaOf(TestCluster.Group()).Status.IsLeader);
        await leader.StopAsync();
        await cluster.ProposeAsync(50, 50);
        await cluster.AllHaveAsync(100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_votes_is_known_after_a_restart(bool fromACheckpoint)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(FourthOutside);
        await cluster.ProposeAsync(0, 10);
        var wanted = Configuration.Of(VoterSet.Of(new BrokerId(2), new BrokerId(3), Fourth), new BrokerId(1));
        await ReachAsync(cluster, Configuration.Of(VotersOf(cluster, 3), Fourth));
        await ReachAsync(cluster, wanted);
        await Eventually.BecomesTrue(() => cluster.Brokers.All(broker => Knows(broker, wanted)));

        foreach (TestBroker broker in cluster.Brokers)
            await (fromACheckpoint ? broker.StopAsync() : broker.KillAsync());
        foreach (TestBroker broker in cluster.Brokers)
            await cluster.RestartAsync(broker);

        await cluster.LeaderAsync();
        Assert.All(
            cluster.Brokers,
            broker => Assert.Equal(wanted, broker.ReplicaOf(TestCluster.Group()).Status.Configuration));
        await cluster.ProposeAsync(10, 10);
        await Eventually.BecomesTrue(() => cluster.Brokers.All(
            broker => broker.ReplicaOf(TestCluster.Group()).HighWatermark == new Offset(20)));
    }

    [Fact]
    public async Task Whoever_does_not_learn_yet_can_not_be_made_a_voter()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(FourthOutside);
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());

        Assert.Equal(
            ChangeAnswer.NotLearning,
            await replica.ChangeConfigurationAsync(
                Configuration.Of(VotersOf(cluster, 4)), replica.Status.Term, Token));
        Assert.Equal(Configuration.Of(VotersOf(cluster, 3)), replica.Status.Configuration);
    }

    internal static VoterSet VotersOf(TestCluster cluster, int count) =>
        VoterSet.Of([.. cluster.Brokers.Take(count).Select(broker => broker.Id)]);

    private static bool Knows(TestBroker broker, Configuration wanted) =>
        broker.ReplicaOf(TestCluster.Group()).Status is { IsConfigurationCommitted: true } status
        && wanted.Equals(status.Configuration);

    // Asks whoever leads, again and again, as a broker that leads does.
    internal static async Task ReachAsync(TestCluster cluster, Configuration wanted)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, $"{wanted} is not reached");
            TestBroker leader = await cluster.LeaderAsync();
            if (Knows(leader, wanted))
                return;

            Replica replica = leader.ReplicaOf(TestCluster.Group());
            await replica.ChangeConfigurationAsync(wanted, replica.Status.Term, Token);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }
}
