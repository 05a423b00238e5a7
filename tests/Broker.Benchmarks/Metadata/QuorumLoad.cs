using System.Diagnostics;
using System.Globalization;
using Broker.Metadata;
using Broker.MetadataQuorum;
using Broker.MetadataQuorum.Tests;
using Broker.Model;

namespace Broker.Benchmarks.Metadata;

/// <summary>
/// The metadata group as it runs in a broker (DotNext's engine, flushed before every answer): three voters in this
/// process, real files and loopback sockets. Arguments: bytes of a record, proposers, seconds.
/// </summary>
internal static class QuorumLoad
{
    private const int Voters = 3;
    private const int WarmUpSeconds = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        int bytes = Argument(0, 1024);
        int proposers = Argument(1, 256);
        int seconds = Argument(2, 5);
        string root = Directory.CreateTempSubdirectory("broker-quorum-load-").FullName;
        LoopbackNetwork network = new();
        List<TestBroker> brokers = [.. Enumerable.Range(1, Voters).Select(id => Start(id, root, network))];
        try
        {
            TestBroker leader = await LeaderAsync(brokers);
            using CancellationTokenSource end = new();
            List<double> latencies = [];
            Task[] running = [.. Enumerable.Range(0, proposers).Select(
                _ => ProposeAsync(leader, bytes, latencies, end.Token))];
            await Task.Delay(TimeSpan.FromSeconds(WarmUpSeconds));
            await MeasureAsync($"{bytes} B x {proposers} proposers", bytes, seconds, latencies);
            await end.CancelAsync();
            await Task.WhenAll(running);
            return 0;
        }
        finally
        {
            foreach (TestBroker broker in brokers)
                await broker.DisposeAsync();
            Directory.Delete(root, recursive: true);
        }

        int Argument(int at, int otherwise) =>
            args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
    }

    private static TestBroker Start(int id, string root, LoopbackNetwork network)
    {
        string directory = Path.Combine(root, $"broker-{id}", "metadata");
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        Incarnation incarnation = new(new Guid(id, 0, 0, new byte[8]));
        QuorumOptions options = new(
            directory, new BrokerId(id), incarnation, [.. Enumerable.Range(1, Voters).Select(
                voter => new BrokerId(voter))]);
        TestBroker broker = new(options, network);
        broker.Start(CancellationToken.None);
        return broker;
    }

    private static async Task<TestBroker> LeaderAsync(List<TestBroker> brokers)
    {
        while (brokers.Find(broker => broker.Leads) is null)
            await Task.Delay(10);
        return brokers.Find(broker => broker.Leads)!;
    }

    private static async Task ProposeAsync(
        TestBroker leader, int bytes, List<double> latencies, CancellationToken token)
    {
        BrokerRegistered record = new(
            leader.Id,
            leader.Options.Incarnation,
            new ProcessIncarnation(new Guid(1, 2, 3, new byte[8])),
            new HostAndPort("127.0.0.1", 1),
            [],
            new string('x', bytes),
            FeatureLevel.Oldest,
            FeatureLevel.Newest);
        while (!token.IsCancellationRequested)
        {
            long begun = Stopwatch.GetTimestamp();
            ProposeOutcome outcome = await leader.Quorum.ProposeAsync(
                leader.Quorum.Leadership.Term, [record], CancellationToken.None);
            if (outcome.Status != ProposeStatus.Committed)
                continue;
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
    }

    private static async Task MeasureAsync(string what, int bytes, int seconds, List<double> latencies)
    {
        lock (latencies)
            latencies.Clear();
        long begun = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begun);
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        double[] sorted;
        lock (latencies)
            sorted = [.. latencies.Order()];
        if (sorted.Length == 0)
            throw new InvalidOperationException("nothing was committed");

        double total = (double)bytes * sorted.Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {sorted.Length / elapsed.TotalSeconds:F0} records/s, "
            + $"{total / elapsed.TotalSeconds / 1e6:F1} MB/s, "
            + $"{used.TotalMicroseconds / sorted.Length:F1} us CPU per record, p50 {sorted[sorted.Length / 2]:F2} ms, "
            + $"p99 {sorted[(int)(0.99 * (sorted.Length - 1))]:F2} ms"));
    }
}
