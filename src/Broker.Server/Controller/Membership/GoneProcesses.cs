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

    /// <summary>A session ended, for whatever reason. Called as <see cref="Went"/> is, and before it.</summary>
    public event Action? Lost;

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

    void IPeerObserver.SessionDown(PeerIdentity peer) => Lost?.Invoke();

    void IPeerObserver.ProcessGone(BrokerId broker, ProcessIncarnation process)
    {
        lock (_gate)
            _gone[broker] = process;
        Went?.Invoke(broker, process);
    }
}
