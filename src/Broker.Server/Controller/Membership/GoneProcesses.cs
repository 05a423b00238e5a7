using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Controller.Membership;

/// <summary>
/// Which brokers' processes are known to be gone by the connections with them, before the metadata group says so. Kept
/// until
/// another process answers in the broker's name.
/// </summary>
internal sealed class GoneProcesses : IPeerObserver
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<BrokerId, ProcessIncarnation> _gone = [];

    /// <summary>Called on the mesh's loop; must not block.</summary>
    public event Action<BrokerId, ProcessIncarnation>? Went;

    public bool Contains(BrokerId broker, ProcessIncarnation process)
    {
        lock (_gate)
            return _gone.TryGetValue(broker, out ProcessIncarnation gone) && gone == process;
    }

    void IPeerObserver.SessionUp(PeerIdentity peer)
    {
        lock (_gate)
        {
            if (_gone.TryGetValue(peer.Broker, out ProcessIncarnation gone) && gone == peer.Process)
                _gone.Remove(peer.Broker);
        }
    }

    void IPeerObserver.SessionDown(PeerIdentity peer)
    {
    }

    void IPeerObserver.ProcessGone(BrokerId broker, ProcessIncarnation process)
    {
        lock (_gate)
            _gone[broker] = process;
        Went?.Invoke(broker, process);
    }
}
