using System.Diagnostics.Metrics;
using Broker.Model;

namespace Broker.Replication;

/// <summary>What an operator wants to see of a broker's groups.</summary>
internal sealed class ReplicationMetrics : IDisposable
{
    private readonly Meter _meter = new("Broker.Replication");
    private readonly KeyValuePair<string, object?> _tag;
    private readonly Histogram<double> _flush;
    private long _appendedBytes;
    private long _appended;
    private long _writtenBytes;
    private long _elected;

    public ReplicationMetrics(BrokerId broker, PeerMemory memory, Func<IReadOnlyList<Replica>> replicas)
    {
        _tag = new KeyValuePair<string, object?>("broker", broker.Value);
        _flush = _meter.CreateHistogram<double>("broker.replication.flush", "s", "Time of one shared flush.");
        Count("broker.replication.appended", "By", "Entries proposed and appended here.", () => _appendedBytes);
        Count("broker.replication.entries", "{entry}", "Entries proposed and appended here.", () => _appended);
        Count("broker.replication.written", "By", "Written to logs, as leader or follower.", () => _writtenBytes);
        Count("broker.replication.elected", "{election}", "Elections won here.", () => _elected);
        Gauge("broker.replication.replicas", "{replica}", "Replicas here.", () => replicas().Count);
        Gauge(
            "broker.replication.leaders", "{replica}", "Replicas here that lead.",
            () => replicas().Count(replica => replica.Status.IsLeader));
        Gauge(
            "broker.replication.abstaining", "{replica}", "Replicas here that are damaged or not filled again.",
            () => replicas().Count(replica => replica.Status.Abstains));
        Gauge(
            "broker.replication.log.start.held", "{replica}", "Leaders here whose retention waits for a replica.",
            () => replicas().Count(replica => replica.LogStartHolder != BrokerId.None));
        Count("broker.replication.scrubbed", "By", "Read again and checked in the background.", () => Scrub.Bytes);
        Count("broker.replication.scrub.damaged", "{damage}", "Damage that was met by it.", () => Scrub.Damaged);
        Gauge(
            "broker.replication.scrub.last", "s", "When all logs were last checked, in Unix seconds; 0: not yet.",
            () => Scrub.LastPass);
        Gauge("broker.replication.peer.memory", "By", "Received entries that are not on disk yet.", () => memory.Used);
    }

    public ScrubRecord Scrub { get; } = new();

    public void CountAppended(int bytes)
    {
        Interlocked.Add(ref _appendedBytes, bytes);
        Interlocked.Increment(ref _appended);
    }

    public void CountWritten(long bytes) => Interlocked.Add(ref _writtenBytes, bytes);

    public void CountElected() => Interlocked.Increment(ref _elected);

    public void CountFlush(TimeSpan took) => _flush.Record(took.TotalSeconds, _tag);

    public void Dispose() => _meter.Dispose();

    private void Count(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), _tag), unit, description);

    private void Gauge(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, () => new Measurement<long>(read(), _tag), unit, description);
}
