using Broker.Storage;
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

    [Fact]
    public async Task What_the_log_takes_on_the_disk_does_not_grow_with_what_was_written()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 10 });
        string rack = new('r', 200_000);
        for (int i = 1; i <= 100; i++)
            await quorum.CommitAsync(Records.Numbered(i) with { Rack = rack });
        await quorum.UntilAsync(() => quorum.Brokers.All(broker => Records.Number(broker.Quorum.Image) == 100));

        // 20 MB were written to each; files of 1 MiB, of which those are left that entries since the snapshots need.
        await quorum.UntilAsync(() => quorum.Brokers.All(broker =>
            Directory.GetFiles(quorum.DirectoryOf(broker.Id.Value), "*", SearchOption.AllDirectories)
                .Sum(file => new FileInfo(file).Length) < 8 << 20));
    }

    [Fact]
    public async Task A_follower_that_was_away_for_long_begins_with_the_image_and_goes_on_with_records()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 10, FollowedBytes = 500 });
        TestBroker follower = quorum.Start(4);
        await quorum.CommitAsync(Records.Block(0));
        await quorum.UntilAsync(() => follower.IsOpen && follower.Quorum.Image.NextProducerId == 10);
        follower.Channel.Cut();
        for (int i = 1; i < 60; i++)
            await quorum.CommitAsync(Records.Block(i));
        int applied = follower.AppliedEntries;
        follower.Channel.Mend();
        await quorum.UntilAsync(() => follower.Quorum.Image.NextProducerId == 600);
        Assert.InRange(follower.AppliedEntries, applied, applied + 58);
        await quorum.CommitAsync(Records.Block(60));
        await quorum.UntilAsync(() => follower.Quorum.Image.NextProducerId == 610);
    }

    [Fact]
    public async Task A_damaged_snapshot_keeps_the_voter_from_starting_and_the_message_names_the_way_out()
    {
        await using TestQuorum quorum = await TestQuorum.StartAsync(
            3, options => options with { EntriesPerSnapshot = 10 });
        for (int i = 0; i < 40; i++)
            await quorum.CommitAsync(Records.Block(i));
        await quorum.UntilAsync(() => quorum[2].IsOpen && quorum[2].Quorum.Image.NextProducerId == 400);
        await quorum[2].KillAsync();
        string damaged = Directory.GetFiles(quorum.DirectoryOf(2), "snapshot-*").Order().Last();
        byte[] bytes = File.ReadAllBytes(damaged);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(damaged, bytes);
        var refused = await Assert.ThrowsAsync<StorageException>(() => quorum.Start(2).OpeningEnds);
        Assert.Contains(damaged, refused.Message);
        Assert.Contains("added again", refused.Message);

        // As it says: without the directory it follows, and the two others go on.
        await quorum[2].KillAsync();
        Directory.Move(quorum.DirectoryOf(2), quorum.DirectoryOf(2) + ".aside");
        TestBroker follower = quorum.Start(2);
        await quorum.CommitAsync(Records.Block(40));
        await quorum.UntilAsync(() => follower.IsOpen && follower.Quorum.Image.NextProducerId == 410);
        Assert.False(follower.Quorum.IsVoter);
    }
}
