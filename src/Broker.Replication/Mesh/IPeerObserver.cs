using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// Hears of sessions with peers (of this broker's own main connection to them). Called from the mesh's loops, in order
/// per peer; must not block.
/// </summary>
public interface IPeerObserver
{
    void SessionUp(PeerIdentity peer);

    void SessionDown(PeerIdentity peer);

    /// <summary>
    /// The peer's process is gone: its connection was reset and nobody answered an immediate new one, or another
    /// process answered in its name.
    /// </summary>
    void ProcessGone(BrokerId broker, ProcessIncarnation process);
}
