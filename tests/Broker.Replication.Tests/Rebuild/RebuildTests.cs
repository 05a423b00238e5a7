using Broker.Model;
using Broker.Raft;
using Broker.Replication.Tests.Hosting;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Rebuild;

/// <summary>Replicas that their leader can't bring up by appends any more.</summary>
public sealed class RebuildTests
{
    private static readonly ClusterOptions ShortLogs = new()
    {
        Brokers = 4,
        Log = new LogOptions { SegmentBytes = 16 << 10 },
        Host = new ClusterOptions().Host with { RebuildDelay = TimeSpan.FromMilliseconds(300) },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retention_does_not_wait_for_whoever_is_away_for_long_and_who_returns_begins_anew()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortLogs);
        await cluster.ProposeAsync(0, 10);
        TestBroker leader = await cluster.LeaderAsync();
        TestBroker away = (await cluster.FollowersAsync()).First(broker => broker.Id != new BrokerId(4));
        LogIndex has = away.ReplicaOf(TestCluster.Group()).CommitIndex;
        await away.KillAsync();
        await ShortenAsync(leader, beyond: has + 1);

        await cluster.RestartAsync(away);

        await IsLevelAsync(away, leader);
        Replica anew = away.ReplicaOf(TestCluster.Group());
        Assert.True(anew.Log.FirstIndex > has);
        Assert.True(away.MachineOf(TestCluster.Group()).Restored > 10);
        await TakeOverAsync(cluster, away);
        await cluster.ProposeAsync(1000, 10);
    }

    [Fact]
    public async Task A_new_replica_begins_where_the_leaders_log_begins_and_can_be_made_a_voter()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortLogs);
        TestBroker leader = await cluster.LeaderAsync();
        await ShortenAsync(leader, beyond: new LogIndex(10));
        TestBroker added = cluster.Brokers[3];

        await MembershipTests.ReachAsync(cluster, Configuration.Of(MembershipTests.VotersOf(cluster, 3), added.Id));
        await IsLevelAsync(added, leader);
        await MembershipTests.ReachAsync(cluster, Configuration.Of(MembershipTests.VotersOf(cluster, 4)));

        Assert.True(added.ReplicaOf(TestCluster.Group()).Log.FirstIndex > new LogIndex(1));
        await TakeOverAsync(cluster, added);
        await cluster.ProposeAsync(1000, 10);
    }

    [Fact]
    public async Task A_replica_that_lost_its_checkpoint_keeps_its_log_and_gets_the_leaders_state()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortLogs);
        TestBroker leader = await cluster.LeaderAsync();
        TestBroker victim = (await cluster.FollowersAsync()).First(broker => broker.Id != new BrokerId(4));
        await ShortenAsync(leader, beyond: new LogIndex(20));
        await Eventually.BecomesTrue(() => victim.ReplicaOf(TestCluster.Group()).Log.FirstIndex > new LogIndex(1));
        LogIndex last = victim.ReplicaOf(TestCluster.Group()).Log.FlushedIndex;
        await victim.KillAsync();
        File.Delete(Path.Combine(victim.DirectoryOf(TestCluster.Group()), "checkpoint"));

        await cluster.RestartAsync(victim);

        await IsLevelAsync(victim, leader);
        await Eventually.BecomesTrue(() => victim.MachineOf(TestCluster.Group()).Restored > 10);

        // It is opened once more with that state, and is not there for a moment.
        await Eventually.BecomesTrue(() => victim.Host.Find(TestCluster.Group()) is { Status.Term: var term }
            && term > Term.Zero);
        Replica again = victim.ReplicaOf(TestCluster.Group());
        Assert.False(again.Status.Abstains);
        Assert.True(again.Log.FlushedIndex >= last);
        await TakeOverAsync(cluster, victim);
        await cluster.ProposeAsync(1000, 10);
    }

    [Fact]
    public async Task A_group_of_one_that_lost_its_checkpoint_goes_on_with_its_records()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortLogs with { Brokers = 1, Voters = 1 });
        TestBroker alone = await cluster.LeaderAsync();
        await ShortenAsync(alone, beyond: new LogIndex(20));
        await alone.KillAsync();
        File.Delete(Path.Combine(alone.DirectoryOf(TestCluster.Group()), "checkpoint"));

        await cluster.RestartAsync(alone);

        await cluster.ProposeAsync(1000, 10);
        Assert.Equal(0, alone.MachineOf(TestCluster.Group()).Restored);
    }

    // Records of a kilobyte until the log begins behind an entry.
    private static async Task ShortenAsync(TestBroker leader, LogIndex beyond)
    {
        Replica replica = leader.ReplicaOf(TestCluster.Group());
        await Eventually.BecomesTrue(() =>
        {
            for (int i = 0; i < 8; i++)
                replica.TryPropose(new TestProposal(new byte[1024]));
            replica.ApplyRetention(olderThan: -1, maxBytes: 16 << 10);
            return replica.Log.FirstIndex > beyond;
        });
    }

    private static Task IsLevelAsync(TestBroker broker, TestBroker leader) => Eventually.BecomesTrue(() =>
        broker.Host.Find(TestCluster.Group()) is { } replica
        && replica.CommitIndex == leader.ReplicaOf(TestCluster.Group()).CommitIndex
        && replica.HighWatermark == leader.ReplicaOf(TestCluster.Group()).HighWatermark);

    // A replica that is not known to be in sync yet is refused leadership: asked again, it gets it.
    private static Task TakeOverAsync(TestCluster cluster, TestBroker next) => Eventually.BecomesTrue(() =>
    {
        foreach (TestBroker leader in cluster.Brokers.Where(broker => broker != next && broker.IsUp))
            _ = leader.ReplicaOf(TestCluster.Group()).TransferLeadershipAsync(next.Id, Token);
        return next.ReplicaOf(TestCluster.Group()).Status.IsLeaderReady;
    });
}
