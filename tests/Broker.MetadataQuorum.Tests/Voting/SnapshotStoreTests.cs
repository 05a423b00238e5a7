using Broker.Simulation.Disks;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class SnapshotStoreTests
{
    private const string Home = "/metadata";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_at_any_step_of_writing_leaves_the_older_or_the_newer_snapshot_whole(bool losesPower)
    {
        bool crashed = true;
        for (int at = 1; crashed; at++)
        {
            var disk = new SimulatedFileSystem(new Random(at));
            disk.CreateDirectory(Home);
            disk.FlushDirectory("/");
            var store = new SnapshotStore(disk, Home);
            store.Save(Snapshot(10));
            disk.CrashAt = disk.Operations + at;
            crashed = Crashes(() => store.Save(Snapshot(20)));
            if (losesPower)
                disk.Restart();
            else
                disk.RestartProcess();

            SnapshotEntry? found = new SnapshotStore(disk, Home).LoadNewest();
            Assert.NotNull(found);
            Assert.True(found.Index == 20 || (crashed && found.Index == 10), $"found {found.Index}");
            Assert.Equal(Snapshot(found.Index).Image.ToArray(), found.Image.ToArray());
            Assert.Equal(found.Index / 10, found.Term);
            Assert.DoesNotContain(disk.ListFiles(Home), name => name.EndsWith(".new", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Older_snapshots_go_and_the_newest_stays()
    {
        var disk = new SimulatedFileSystem(new Random(1));
        disk.CreateDirectory(Home);
        var store = new SnapshotStore(disk, Home);
        foreach (long index in (long[])[10, 20, 30])
            store.Save(Snapshot(index));
        store.DeleteBefore(30);
        Assert.Single(disk.ListFiles(Home));
        Assert.Equal(30, store.LoadNewest()!.Index);
    }

    private static SnapshotEntry Snapshot(long index) =>
        new(index, index / 10, [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * index))]);

    private static bool Crashes(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (DiskCrashedException)
        {
            return true;
        }
    }
}
