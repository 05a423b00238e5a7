using Broker.Interop.Tests.Cluster;
using Xunit;

namespace Broker.Interop.Tests;

/// <summary>A broker's file system turns read-only under load, and is writable again after a start.</summary>
public sealed class ReadOnlyDiskTests
{
    private const int Partitions = 4;

    [Fact]
    public async Task A_broker_whose_disk_turns_read_only_is_done_without_until_it_is_started_on_a_sound_one()
    {
        await using LoadedCluster load = await LoadedCluster.StartAsync(StartAsync(), "read-only", Partitions);
        ProcessCluster cluster = load.Processes;
        BrokerProcess four = cluster.Broker(4);
        string data = cluster.DataOf(4);
        await load.LeadsAsync(4, leads: true);
        await load.TakesAsync(100);

        await FailingDisk.TurnReadOnlyAsync(data);
        await load.LeadsAsync(4, leads: false);
        await load.TakesAsync(500);

        // It may have ended by itself, where a flush was the first to fail, or refuse all writes.
        await four.KillAsync();

        four.Start(FailingDisk.ExecutableFor(data));
        await cluster.WaitUntilReadyAsync();
        await load.HealthyAsync();
        await load.FindAllAsync();
        await Verdict.IsCleanAsync(cluster, Partitions, FailingDisk.ExecutableFor(data));
    }

    private static async Task<ProcessCluster> StartAsync()
    {
        ProcessCluster cluster = await ProcessCluster.StartAsync(3, more: 1);
        try
        {
            await FailingDisk.MakeAsync(cluster.DataOf(4), mebibytes: 512);
            cluster.Broker(4).Start(FailingDisk.ExecutableFor(cluster.DataOf(4)));
            await cluster.WaitUntilReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
