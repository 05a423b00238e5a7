using System.Diagnostics;
using System.Globalization;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Broker.Benchmarks.Quorum;

/// <summary>
/// DotNext's engine with three nodes in this process: "load LOG KiB PROPOSERS SECONDS", "idle LOG GROUPS SECONDS",
/// "failover LOG ROUNDS" and "count LOG DIRECTORY" (prints the index of every entry that was acknowledged, until it is
/// killed), where LOG is "flushed" (ours: a flush before every answer) or "plain" (the library's own).
/// </summary>
internal static class EngineLoad
{
    private const int Nodes = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        bool flushed = args[1] == "flushed";
        if (args[0] == "count")
            await CountAsync(args[2], flushed);
        string root = Directory.CreateTempSubdirectory("quorum-load-").FullName;
        int[] numbers = [.. args.Skip(2).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        try
        {
            await (args[0] switch
            {
                "load" => LoadAsync(root, flushed, numbers[0] * 1024, numbers[1], numbers[2]),
                "idle" => IdleAsync(root, flushed, numbers[0], numbers[1]),
                _ => FailOverAsync(root, flushed, numbers[0]),
            });
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task LoadAsync(string root, bool flushed, int size, int proposers, int seconds)
    {
        EngineNode[] group = await StartAsync(root, flushed);
        EngineNode leader = await LeaderAsync(group);
        using var stop = new CancellationTokenSource();
        var latencies = new List<double>();
        Task[] running =
            [.. Enumerable.Range(0, proposers).Select(_ => ProposeAsync(leader, size, latencies, stop.Token))];
        await Task.Delay(TimeSpan.FromSeconds(2));
        lock (latencies)
            latencies.Clear();
        long begun = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        double[] taken;
        lock (latencies)
            taken = [.. latencies.Order()];
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begun);
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        double bytes = (double)taken.Length * size;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{size / 1024} KiB x {proposers}: {bytes / elapsed.TotalSeconds / 1e6:F1} MB/s, "
            + $"{used.TotalMicroseconds / (bytes / 1024.0):F1} us CPU per KiB, "
            + $"p50 {taken[taken.Length / 2]:F2} ms, p99 {taken[taken.Length * 99 / 100]:F2} ms"));
        await StopAsync(group);
    }

    private static async Task IdleAsync(string root, bool flushed, int groups, int seconds)
    {
        long memory = Memory();
        List<EngineNode[]> all = [];
        for (int i = 0; i < groups; i++)
            all.Add(await StartAsync(Path.Combine(root, $"group-{i}"), flushed));
        foreach (EngineNode[] group in all)
            await LeaderAsync(group);
        await Task.Delay(TimeSpan.FromSeconds(5));
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{groups} idle groups of three: {used.TotalSeconds / seconds * 100:F1} % of a core, "
            + $"{(Memory() - memory) / 1024.0 / groups / Nodes:F0} KiB per replica, "
            + $"{Directory.GetFiles("/proc/self/fd").Length} open files"));
        foreach (EngineNode[] group in all)
            await StopAsync(group);

        static long Memory() => Process.GetCurrentProcess().WorkingSet64;
    }

    private static async Task FailOverAsync(string root, bool flushed, int rounds)
    {
        var gaps = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            EngineNode[] group = await StartAsync(Path.Combine(root, $"round-{i}"), flushed);
            EngineNode leader = await LeaderAsync(group);
            await leader.Cluster.ReplicateAsync(Entry(leader, 100), CancellationToken.None);
            long begun = Stopwatch.GetTimestamp();
            Task stopping = leader.DisposeAsync().AsTask();
            EngineNode[] rest = [.. group.Where(node => node != leader)];
            EngineNode next = await LeaderAsync(rest);
            await next.Cluster.ReplicateAsync(Entry(next, 100), CancellationToken.None);
            gaps.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await stopping;
            await StopAsync(rest);
        }

        gaps.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"leader gone to next commit, {rounds} rounds: p50 {gaps[rounds / 2]:F0} ms, worst {gaps[^1]:F0} ms"));
    }

    private static async Task CountAsync(string root, bool flushed)
    {
        EngineNode[] group = await StartAsync(root, flushed);
        EngineNode leader = await LeaderAsync(group);
        const int OpensTheTerm = 1;
        for (int index = OpensTheTerm + 1; ; index++)
        {
            await leader.Cluster.ReplicateAsync(Entry(leader, 100), CancellationToken.None);
            Console.WriteLine(index);
        }
    }

    private static async Task ProposeAsync(EngineNode leader, int size, List<double> latencies, CancellationToken stop)
    {
        BinaryLogEntry entry = Entry(leader, size);
        while (!stop.IsCancellationRequested)
        {
            long begun = Stopwatch.GetTimestamp();
            await leader.Cluster.ReplicateAsync(entry, CancellationToken.None);
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
    }

    private static BinaryLogEntry Entry(EngineNode leader, int size) =>
        new() { Term = leader.Term, Content = new byte[size] };

    private static async Task<EngineNode[]> StartAsync(string root, bool flushed)
    {
        IPEndPoint[] addresses = EngineNode.FreeAddresses(Nodes);
        Directory.CreateDirectory(root);
        return await Task.WhenAll(addresses.Select((address, i) =>
            EngineNode.StartAsync(Path.Combine(root, $"node-{i}"), address, addresses, flushed)));
    }

    private static async Task StopAsync(EngineNode[] group)
    {
        foreach (EngineNode node in group)
            await node.DisposeAsync();
    }

    private static async Task<EngineNode> LeaderAsync(EngineNode[] group)
    {
        while (true)
        {
            EngineNode? leader = group.FirstOrDefault(node => !node.Cluster.LeadershipToken.IsCancellationRequested);
            if (leader is not null)
                return leader;
            await Task.Delay(5);
        }
    }
}
