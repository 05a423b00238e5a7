using Broker.Raft;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Groups that sleep, over real sockets and files.</summary>
public sealed class HibernationTests
{
    private static readonly ClusterOptions Sleepy = new()
    {
        Host = new ReplicaHostOptions { Raft = new RaftOptions { SleepTicks = 4 } },
    };

    [Fact]
    public async Task Idle_groups_fall_asleep_and_a_proposal_is_stored_as_ever()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(Sleepy, groups: 20);
        await cluster.ProposeAsync(0, 10);
        await AllSleepAsync(cluster, groups: 20);

        await cluster.ProposeAsync(10, 10);
        await cluster.AllHaveAsync(20);
        await AllSleepAsync(cluster, groups: 20);
    }

    [Fact]
    public async Task A_linearizable_read_of_a_sleeping_group_is_answered()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(Sleepy);
        await cluster.ProposeAsync(0, 1);
        await AllSleepAsync(cluster, groups: 1);
        Replica leader = (await cluster.LeaderAsync()).ReplicaOf(TestCluster.Group());
        Assert.True(await leader.ReadIndexAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_sleeping_group_whose_leader_dies_has_another_one()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(Sleepy);
        await cluster.ProposeAsync(0, 10);
        await AllSleepAsync(cluster, groups: 1);
        TestBroker leader = await cluster.LeaderAsync();
        await leader.KillAsync();

        Assert.NotEqual(leader, await cluster.LeaderAsync());
        await cluster.ProposeAsync(10, 10);
        await cluster.RestartAsync(leader);
        await cluster.AllHaveAsync(20);
        await AllSleepAsync(cluster, groups: 1);
    }

    [Fact]
    public async Task A_replica_that_ends_here_wakes_the_others()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(Sleepy);
        await cluster.ProposeAsync(0, 1);
        await AllSleepAsync(cluster, groups: 1);
        TestBroker leader = await cluster.LeaderAsync();
        await leader.Host.StopAsync(TestCluster.Group(), delete: false);
        await Eventually.BecomesTrue(() => cluster.Brokers.Any(
            broker => broker != leader && broker.ReplicaOf(TestCluster.Group()).Status.IsLeaderReady));
    }

    private static Task AllSleepAsync(TestCluster cluster, int groups) => Eventually.BecomesTrue(
        () => cluster.Brokers.All(broker => Enumerable.Range(0, groups).All(
            group => broker.Host.Find(TestCluster.Group(group))?.Owner.IsAsleep == true)));
}
