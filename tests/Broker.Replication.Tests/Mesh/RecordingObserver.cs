using Broker.Model;

namespace Broker.Replication.Tests.Mesh;

/// <summary>Keeps what a mesh told its observers.</summary>
internal sealed class RecordingObserver : IPeerObserver
{
    private readonly Lock _gate = new();
    private readonly List<string> _events = [];

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_gate)
                return [.. _events];
        }
    }

    public void SessionUp(PeerIdentity peer) => Add($"up {peer.Broker}");

    public void SessionDown(PeerIdentity peer) => Add($"down {peer.Broker}");

    public void ProcessGone(BrokerId broker, ProcessIncarnation process) => Add($"gone {broker} {process}");

    private void Add(string what)
    {
        lock (_gate)
            _events.Add(what);
    }
}
