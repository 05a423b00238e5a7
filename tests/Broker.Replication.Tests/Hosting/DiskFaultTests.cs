using Broker.Model;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

public sealed class DiskFaultTests
{
    [Fact]
    public async Task A_full_disk_hands_leadership_over_and_recovers_by_itself()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 10);
        TestBroker full = await cluster.LeaderAsync();
        Replica replica = full.ReplicaOf(TestCluster.Group());

        full.FileSystem.IsFull = true;
        TestProposal proposal = TestCluster.Propose(full, "record 10");
        await Eventually.BecomesTrue(() => replica.Status is { IsStorageFull: true, IsLeader: false });

        // Its followers had room: what it could not store itself was committed without it.
        Assert.Null((await proposal.Outcome).Failure);
        await cluster.ProposeAsync(11, 10);
        Assert.NotEqual(full, await cluster.LeaderAsync());
        full.FileSystem.IsFull = false;
        await Eventually.BecomesTrue(() => !replica.Status.IsStorageFull);
        await cluster.AllHaveAsync(21);
    }

    [Fact]
    public async Task Where_every_disk_is_full_the_leader_refuses_appends_and_goes_on_when_there_is_room()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 10);
        TestBroker leader = await cluster.LeaderAsync();
        Replica replica = leader.ReplicaOf(TestCluster.Group());
        foreach (TestBroker broker in cluster.Brokers)
            broker.FileSystem.IsFull = true;
        TestProposal open = TestCluster.Propose(leader, "record 10");

        await Eventually.BecomesTrue(() => cluster.Brokers.All(
            broker => broker.ReplicaOf(TestCluster.Group()).Status.IsStorageFull));
        foreach (
            TestBroker broker in cluster.Brokers.Where(broker => broker.ReplicaOf(TestCluster.Group()).Status.IsLeader))
            Assert.Equal(ProposalFailure.StorageFull, (await TestCluster.Propose(broker, "no").Outcome).Failure);
        foreach (TestBroker broker in cluster.Brokers)
            broker.FileSystem.IsFull = false;

        TestOutcome outcome = await open.Outcome;
        Assert.True(outcome.Failure is null or ProposalFailure.Unknown);
        await cluster.ProposeAsync(11, 1);
    }

    [Fact]
    public async Task A_flush_that_fails_ends_the_broker_without_an_acknowledgement()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 10);
        TestBroker follower = (await cluster.FollowersAsync())[0];

        follower.FileSystem.FailsFlush = true;
        await cluster.ProposeAsync(10, 1);
        await Eventually.BecomesTrue(() => follower.Fatal is FlushFailedException);

        LogIndex flushed = follower.ReplicaOf(TestCluster.Group()).Log.FlushedIndex;
        await cluster.ProposeAsync(11, 10);
        Assert.Equal(flushed, follower.ReplicaOf(TestCluster.Group()).Log.FlushedIndex);
    }

    [Fact]
    public async Task A_damaged_replica_abstains_until_its_leader_has_filled_it()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await cluster.ProposeAsync(0, 100);
        await cluster.AllHaveAsync(100);
        TestBroker damaged = (await cluster.FollowersAsync())[0];
        await damaged.StopAsync();
        damaged.Damage(TestCluster.Group());

        await cluster.RestartAsync(damaged);
        await cluster.ProposeAsync(100, 5);

        Replica replica = damaged.ReplicaOf(TestCluster.Group());
        await Eventually.BecomesTrue(() => replica.Log.LastIndex >= replica.CommitIndex && !replica.Status.Abstains);
        Replica leader = (await cluster.LeaderAsync()).ReplicaOf(TestCluster.Group());
        await Eventually.BecomesTrue(() => replica.HighWatermark == leader.HighWatermark);
    }
}
