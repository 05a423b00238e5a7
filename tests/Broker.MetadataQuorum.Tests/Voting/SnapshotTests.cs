using Broker.Metadata;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public async Task Snapshots_bound_the_log_and_hold_everything_across_restarts()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 20 });
        for (int i = 0; i < 150; i++)
            await quorum.CommitAsync(Records.Block(i));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.Quorum.Image.NextProducerId == 1500));
        string[] snapshots = Directory.GetFiles(quorum.DirectoryOf(1), "snapshot-*");
        Assert.InRange(snapshots.Length, 1, 3);
        await Task.WhenAll(quorum.Brokers.Select(broker => broker.KillAsync()).ToArray());
        for (int id = 1; id <= 3; id++)
            quorum.Start(id);
        TestBroker leader = await quorum.LeaderAsync();
        Assert.Equal(1500, leader.Quorum.Image.NextProducerId);
        await quorum.CommitAsync(Records.Block(150));
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.Quorum.Image.NextProducerId == 1510));
    }

    [Fact]
    public async Task A_voter_that_missed_more_than_the_log_has_gets_a_snapshot()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 10 });
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => broker.IsOpen));
        await quorum.CommitAsync(Records.Block(0));
        TestBroker leader = await quorum.LeaderAsync();
        int absent = quorum.Brokers.First(broker => broker != leader).Id.Value;
        await quorum[absent].KillAsync();
        for (int i = 1; i < 200; i++)
            await quorum.CommitAsync(Records.Block(i));
        TestBroker back = quorum.Start(absent);
        await quorum.UntilAsync(() => back.IsOpen && back.Quorum.Image.NextProducerId == 2000);
        await quorum.CommitAsync(Records.Block(200));
        await quorum.UntilAsync(() => back.Quorum.Image.NextProducerId == 2010);
        Assert.True(back.Quorum.IsVoter);
        await quorum.RestartAsync(absent);
        await quorum.UntilAsync(() => quorum[absent].IsOpen && quorum[absent].Quorum.Image.NextProducerId == 2010);
    }
}
