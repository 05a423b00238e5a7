using System.Diagnostics.Metrics;
using Broker.Model;

namespace Broker.Replication;

/// <summary>Traffic between brokers, counted without a tag per measurement: one meter per broker.</summary>
internal sealed class PeerMetrics : IDisposable
{
    private readonly Meter _meter = new("Broker.Replication");
    private long _sentBytes;
    private long _receivedBytes;
    private long _dropped;

    public PeerMetrics(BrokerId broker)
    {
        var tags = new KeyValuePair<string, object?>[] { new("broker", broker.Value) };
        Observe("broker.peer.sent", "By", "Bytes sent to other brokers.", () => Volatile.Read(ref _sentBytes));
        Observe("broker.peer.received", "By", "Bytes received from them.", () => Volatile.Read(ref _receivedBytes));
        Observe("broker.peer.dropped", "{frame}", "Frames without room or session.", () => Volatile.Read(ref _dropped));

        void Observe(string name, string unit, string description, Func<long> read) =>
            _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), tags), unit, description);
    }

    public void CountSent(int bytes) => Interlocked.Add(ref _sentBytes, bytes);

    public void CountReceived(int bytes) => Interlocked.Add(ref _receivedBytes, bytes);

    public void CountDropped() => Interlocked.Increment(ref _dropped);

    public void Dispose() => _meter.Dispose();
}
