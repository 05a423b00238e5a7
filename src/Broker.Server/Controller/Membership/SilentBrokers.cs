using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Controller.Membership;

/// <summary>
/// With which brokers this one has had no session for so long that, were there a metadata leader, it would have fenced
/// them. Where the metadata group has lost its quorum nobody fences; this is what is known then.
/// </summary>
internal sealed class SilentBrokers : IPeerObserver
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<BrokerId, long> _lastHeard = [];
    private readonly SortedSet<BrokerId> _connected = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly long _start;

    public SilentBrokers(TimeProvider time, TimeSpan limit)
    {
        _time = time;
        _limit = limit;
        _start = time.GetTimestamp();
    }

    public bool Contains(BrokerId broker)
    {
        lock (_gate)
        {
            return !_connected.Contains(broker)
                && _time.GetElapsedTime(_lastHeard.GetValueOrDefault(broker, _start)) > _limit;
        }
    }

    void IPeerObserver.SessionUp(PeerIdentity peer)
    {
        lock (_gate)
            _connected.Add(peer.Broker);
    }

    void IPeerObserver.SessionDown(PeerIdentity peer)
    {
        lock (_gate)
        {
            _connected.Remove(peer.Broker);
            _lastHeard[peer.Broker] = _time.GetTimestamp();
        }
    }

    void IPeerObserver.ProcessGone(BrokerId broker, ProcessIncarnation process)
    {
    }
}
