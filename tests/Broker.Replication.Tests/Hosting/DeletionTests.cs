using Broker.Model;
using Broker.Storage;
using Xunit;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Records that clients want gone: the log start as an entry of the log.</summary>
public sealed class DeletionTests
{
    private static readonly ClusterOptions ShortSegments = new()
    {
        Log = new LogOptions { SegmentBytes = 2 << 10 },
        Host = new ClusterOptions().Host with { RebuildDelay = TimeSpan.FromMinutes(5) },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_begins_where_it_was_told_to_on_every_replica_and_stays_so_when_all_were_killed()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortSegments);
        await cluster.ProposeAsync(0, 100);
        DeletionAnswer answer = await DeleteAsync(await cluster.LeaderAsync(), new Offset(37));
        Assert.Equal(new DeletionAnswer(DeletionOutcome.Done, new Offset(37)), answer);
        await AllBeginAtAsync(cluster, 37);

        foreach (TestBroker broker in cluster.Brokers)
            await broker.KillAsync();
        foreach (TestBroker broker in cluster.Brokers)
            await cluster.RestartAsync(broker);

        await cluster.LeaderAsync();
        await AllBeginAtAsync(cluster, 37);
        Assert.Equal(ReadOutcome.BelowStart, Read(await cluster.LeaderAsync(), 36));
        Assert.Equal(ReadOutcome.Ok, Read(await cluster.LeaderAsync(), 37));
    }

    [Fact]
    public async Task It_never_goes_back_and_not_beyond_what_is_committed()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortSegments);
        await cluster.ProposeAsync(0, 20);
        TestBroker leader = await cluster.LeaderAsync();
        await DeleteAsync(leader, new Offset(10));

        DeletionAnswer lower = await DeleteAsync(leader, new Offset(3));
        DeletionAnswer beyond = await DeleteAsync(leader, new Offset(1000));
        DeletionAnswer negative = await DeleteAsync(leader, new Offset(-7));
        TestBroker follower = (await cluster.FollowersAsync())[0];
        DeletionAnswer elsewhere = await DeleteAsync(follower, new Offset(12));

        Assert.Equal(new DeletionAnswer(DeletionOutcome.Done, new Offset(10)), lower);
        Assert.Equal(DeletionOutcome.OutOfRange, beyond.Outcome);
        Assert.Equal(DeletionOutcome.OutOfRange, negative.Outcome);
        Assert.Equal(DeletionOutcome.NotLeader, elsewhere.Outcome);
        await AllBeginAtAsync(cluster, 10);
    }

    [Fact]
    public async Task All_can_be_deleted_and_what_is_written_then_is_read()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortSegments);
        await cluster.ProposeAsync(0, 100);
        TestBroker leader = await cluster.LeaderAsync();

        DeletionAnswer answer = await DeleteAsync(leader, before: null);
        Assert.Equal(leader.ReplicaOf(TestCluster.Group()).HighWatermark, answer.LogStart);
        await cluster.ProposeAsync(100, 1);

        Assert.Equal(ReadOutcome.Ok, Read(leader, answer.LogStart.Value));
        await Eventually.BecomesTrue(
            () => leader.ReplicaOf(TestCluster.Group()).Log.FirstOffset > Offset.Zero, "segments are deleted");
    }

    [Fact]
    public async Task What_a_follower_has_not_got_is_hidden_at_once_but_deleted_only_when_it_has()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(ShortSegments);
        await cluster.ProposeAsync(0, 5);
        TestBroker leader = await cluster.LeaderAsync();
        TestBroker away = (await cluster.FollowersAsync())[0];
        LogIndex has = away.ReplicaOf(TestCluster.Group()).CommitIndex;
        await away.KillAsync();
        await cluster.ProposeAsync(5, 100);

        DeletionAnswer answer = await DeleteAsync(leader, before: null);
        Assert.Equal(DeletionOutcome.Done, answer.Outcome);
        Assert.True(leader.ReplicaOf(TestCluster.Group()).Log.FirstIndex <= has + 1);
        Assert.Equal(ReadOutcome.BelowStart, Read(leader, answer.LogStart.Value - 1));

        await cluster.RestartAsync(away);
        await AllBeginAtAsync(cluster, answer.LogStart.Value);
        Assert.Equal(0, away.MachineOf(TestCluster.Group()).Restored);
        await Eventually.BecomesTrue(() =>
        {
            leader.ReplicaOf(TestCluster.Group()).ApplyRetention(olderThan: -1, maxBytes: -1);
            return leader.ReplicaOf(TestCluster.Group()).Log.FirstIndex > has + 1;
        });
    }

    private static Task<DeletionAnswer> DeleteAsync(TestBroker broker, Offset? before) => broker
        .ReplicaOf(TestCluster.Group())
        .DeleteRecordsAsync(before)
        .WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);

    private static async Task AllBeginAtAsync(TestCluster cluster, long offset)
    {
        foreach (TestBroker broker in cluster.Brokers)
        {
            await Eventually.BecomesTrue(
                () => broker.Host.Find(TestCluster.Group())?.Log.LogStartOffset == new Offset(offset),
                $"broker {broker.Id} begins at {offset}");
        }
    }

    private static ReadOutcome Read(TestBroker broker, long from)
    {
        using var slices = new LogSlices();
        Replica replica = broker.ReplicaOf(TestCluster.Group());
        return replica.Log.ReadBatches(new Offset(from), replica.HighWatermark, 1000, true, slices);
    }
}
