using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;

namespace Broker.Benchmarks.Replication;

/// <summary>
/// Three brokers in this process with many groups that have nothing to do, replication factor 3, real files and
/// loopback sockets: what a replica costs. Arguments: groups, seconds to settle, seconds to measure, directory.
/// </summary>
internal sealed class ScaleLoad : IDisposable
{
    private const int Brokers = 3;
    private const int OpenAtATime = 64;

    private readonly string _root;
    private readonly List<LoadBroker> _brokers = [];
    private readonly List<Replica> _replicas = [];
    private readonly PartitionId[] _groups;
    private readonly MeterListener _listener = new();
    private long _sent;

    private ScaleLoad(string root, int groups)
    {
        _root = root;
        var topic = TopicId.New(new Random(2));
        _groups = [.. Enumerable.Range(0, groups).Select(index => new PartitionId(topic, index))];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "broker.peer.sent")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => _sent += bytes);
        _listener.Start();
    }

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string root = Path.Combine(
            args.Length > 3 ? args[3] : Path.GetTempPath(), $"broker-scale-{Environment.ProcessId}");
        try
        {
            using var load = new ScaleLoad(root, Argument(0, 1000));
            await load.RunAsync(TimeSpan.FromSeconds(Argument(1, 10)), TimeSpan.FromSeconds(Argument(2, 10)));
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        int Argument(int at, int otherwise) =>
            args.Length > at ? int.Parse(args[at]) : otherwise;
    }

    public void Dispose() => _listener.Dispose();

    private async Task RunAsync(TimeSpan settle, TimeSpan measure)
    {
        await ConnectAsync();
        long before = HeapBytes();
        await TimeAsync("created, leaders known", () => OpenAllAsync(campaign: true));
        await Task.Delay(settle);
        Say($"memory per replica: {(HeapBytes() - before) / (double)_replicas.Count / 1024:F1} KiB of heap; "
            + $"process: {Environment.WorkingSet / 1048576} MiB; open files: {OpenFiles()}");
        await IdleAsync(measure);
        await TimeAsync("leaders again after broker 1 was killed", KillFirstAsync);
        await TimeAsync("stopped in order", StopAllAsync);
        await ConnectAsync();
        await TimeAsync("started again, leaders known", () => OpenAllAsync(campaign: false));
        await TimeAsync("stopped in order", StopAllAsync);
    }

    private async Task ConnectAsync()
    {
        _brokers.AddRange(Enumerable.Range(1, Brokers).Select(id => new LoadBroker(id, _root)));
        foreach (LoadBroker broker in _brokers)
            broker.Mesh.SetPeers([.. _brokers.Select(other => other.Address)]);
        await UntilAsync(() => _brokers.All(broker => _brokers.All(other =>
            other == broker || broker.Mesh.SessionWith(other.Id) is not null)));
    }

    private async Task OpenAllAsync(bool campaign)
    {
        VoterSet voters = VoterSet.Of([.. _brokers.Select(broker => broker.Id)]);
        foreach (PartitionId[] groups in _groups.Chunk(OpenAtATime))
        {
            IEnumerable<Task<Replica>> opening = groups.SelectMany(group => _brokers.Select((broker, place) =>
                broker.OpenAsync(group, voters, campaign && place == group.Index % Brokers)));
            _replicas.AddRange(await Task.WhenAll(opening));
        }

        await UntilAsync(AllAreLed);
    }

    private async Task IdleAsync(TimeSpan time)
    {
        long sent = SentBytes();
        long allocated = GC.GetTotalAllocatedBytes();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begun = Stopwatch.GetTimestamp();
        await Task.Delay(time);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        double used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / seconds / Brokers;
        Say($"idle: {used:P2} of a core per broker, {(SentBytes() - sent) / seconds / Brokers:F0} "
            + $"bytes/s sent per broker, {(GC.GetTotalAllocatedBytes() - allocated) / seconds / Brokers:F0} bytes/s "
            + "allocated per broker");
    }

    private async Task KillFirstAsync()
    {
        LoadBroker first = _brokers[0];
        _brokers.RemoveAt(0);
        _replicas.RemoveAll(replica => first.Host.Find(replica.Id) == replica);
        await first.KillAsync();
        await UntilAsync(AllAreLed);
    }

    private async Task StopAllAsync()
    {
        await Task.WhenAll(_brokers.Select(broker => broker.DisposeAsync().AsTask()));
        _brokers.Clear();
        _replicas.Clear();
    }

    private long SentBytes()
    {
        _sent = 0;
        _listener.RecordObservableInstruments();
        return _sent;
    }

    private bool AllAreLed() => _replicas.Count(replica => replica.Status.IsLeaderReady) == _groups.Length;

    private static long HeapBytes() => GC.GetTotalMemory(forceFullCollection: true);

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(5);
    }

    private async Task TimeAsync(string what, Func<Task> act)
    {
        long begun = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await act();
        Say($"{what}: {Stopwatch.GetElapsedTime(begun).TotalSeconds:F2} s, "
            + $"{(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} s of CPU");
    }

    private void Say(string what) => Console.WriteLine($"{_groups.Length} groups, {what}");
}
