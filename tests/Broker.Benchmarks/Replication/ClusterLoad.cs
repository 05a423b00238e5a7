using System.Diagnostics;
using System.Globalization;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;

namespace Broker.Benchmarks.Replication;

/// <summary>
/// Three brokers in this process, replication factor 3, flushed on a quorum, real files and loopback sockets: what the
/// replication side does without the Kafka side. Arguments: batch KiB, batches in flight per partition, partitions,
/// seconds, directory.
/// </summary>
internal static class ClusterLoad
{
    private const int WarmUpSeconds = 6;

    public static async Task<int> RunAsync(string[] args)
    {
        int batch = Argument(0, 1024) * 1024;
        int inFlight = Argument(1, 16);
        int partitions = Argument(2, 1);
        int seconds = Argument(3, 5);
        string root = Path.Combine(
            args.Length > 4 ? args[4] : Path.GetTempPath(), $"broker-load-{Environment.ProcessId}");
        try
        {
            await RunAsync(root, batch, inFlight, partitions, seconds);
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        int Argument(int at, int otherwise) =>
            args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
    }

    private static async Task RunAsync(string root, int batch, int inFlight, int partitions, int seconds)
    {
        List<LoadBroker> brokers = [.. Enumerable.Range(1, 3).Select(id => new LoadBroker(id, root))];
        foreach (LoadBroker broker in brokers)
            broker.Mesh.SetPeers([.. brokers.Select(other => other.Address)]);
        while (
            brokers.Any(broker => brokers.Any(other => other != broker && broker.Mesh.SessionWith(other.Id) is null)))
            await Task.Delay(10);

        List<Replica> leaders = await OpenAsync(brokers, partitions);
        var load = new Load();
        load.Begin(partitions * inFlight);
        foreach (Replica leader in leaders)
        {
            for (int i = 0; i < inFlight; i++)
                new LoadProposal(load, leader, batch).Begin();
        }

        await Task.Delay(TimeSpan.FromSeconds(WarmUpSeconds));
        load.Reset();
        long begun = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes();
        int collections = GC.CollectionCount(0);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begun);
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        (long bytes, int batches) = (load.Bytes, load.Batches);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{batch / 1024} KiB x {inFlight} x {partitions}: {bytes / elapsed.TotalSeconds / 1e6:F0} MB/s, "
            + $"{used.TotalMicroseconds / (bytes / 1024.0):F2} us CPU per KiB ({used / elapsed:F2} cores), "
            + $"p50 {load.Percentile(0.5):F2} ms, p99 {load.Percentile(0.99):F2} ms, "
            + $"{allocated / Math.Max(1, batches)} B allocated per batch, "
            + $"{GC.CollectionCount(0) - collections} collections"));
        load.Stop();
        await load.Drained;
        foreach (LoadBroker broker in brokers)
            await broker.DisposeAsync();
    }

    private static async Task<List<Replica>> OpenAsync(List<LoadBroker> brokers, int partitions)
    {
        VoterSet voters = VoterSet.Of([.. brokers.Select(broker => broker.Id)]);
        var topic = TopicId.New(new Random(2));
        List<Replica> all = [];
        for (int i = 0; i < partitions; i++)
        {
            int leader = i % brokers.Count;
            foreach (LoadBroker broker in brokers)
                all.Add(await broker.OpenAsync(new PartitionId(topic, i), voters, broker == brokers[leader]));
        }

        while (all.Count(replica => replica.Status.IsLeaderReady) < partitions)
            await Task.Delay(10);
        return [.. all.Where(replica => replica.Status.IsLeaderReady)];
    }
}
