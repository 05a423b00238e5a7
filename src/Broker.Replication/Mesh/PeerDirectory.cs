using Broker.Model;

namespace Broker.Replication;

/// <summary>
/// What incoming connections need of the mesh: who answers which call, and where messages and streams go.
/// </summary>
internal sealed class PeerDirectory(
    Action<BrokerId> heardOf, Func<BrokerId, PeerIdentity?> sessionWith, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, PeerHandler> _handlers = [];
    private volatile IPeerMessageReceiver? _messages;
    private volatile Action<PeerIdentity, Stream>? _streams;

    public CancellationToken Stopping { get; } = stopping;

    public IPeerMessageReceiver? Messages
    {
        get => _messages;
        set => _messages = value;
    }

    public Action<PeerIdentity, Stream>? Streams
    {
        get => _streams;
        set => _streams = value;
    }

    /// <summary>The process that this broker has dialled and is connected with.</summary>
    public PeerIdentity? SessionWith(BrokerId broker) => sessionWith(broker);

    public void HeardOf(BrokerId broker) => heardOf(broker);

    public void Handle(PeerMethod method, PeerHandler handler)
    {
        lock (_gate)
            _handlers.Add(method.Number, handler);
    }

    public PeerHandler? HandlerOf(PeerMethod method)
    {
        lock (_gate)
            return _handlers.GetValueOrDefault(method.Number);
    }
}
