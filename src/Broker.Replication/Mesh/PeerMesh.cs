using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// This broker's connections with its peers: dials every peer that it was told of (main and bulk lane), takes what they
/// dial, and carries messages of groups, calls, and the metadata voters' raw streams. All members: any thread.
/// </summary>
public sealed class PeerMesh : IPeerObserver, IAsyncDisposable
{
    private readonly PeerMeshContext _context;
    private readonly PeerDirectory _directory;
    private readonly PeerAcceptor _acceptor;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile PeerLinks[] _links = [];
    private volatile IPeerObserver[] _observers = [];
    private IPeerListener? _listener;
    private ITimer? _pings;
    private Task _accepting = Task.CompletedTask;
    private bool _stopped;

    public PeerMesh(PeerIdentity self, PeerMeshOptions options, PeerMeshEnvironment environment)
    {
        _context = new PeerMeshContext(self, options, environment);
        _directory = new PeerDirectory(HeardOf, SessionWith, _stopping.Token);
        _acceptor = new PeerAcceptor(_context, _directory);
    }

    public PeerIdentity Self => _context.Self;

    internal PeerMeshContext Context => _context;

    /// <summary>Listens, and begins to dial. Register handlers and observers before.</summary>
    /// <returns>The address with its real port.</returns>
    /// <exception cref="PeerConnectionException">The address is in use or not ours.</exception>
    public HostAndPort Start(HostAndPort bind)
    {
        _listener = _context.Network.Listen(bind);
        _context.Log.Listening(_listener.Address);
        _accepting = _acceptor.RunAsync(_listener);
        _pings = _context.Time.CreateTimer(
            _ => Ping(), null, _context.Options.PingInterval, _context.Options.PingInterval);
        return _listener.Address;
    }

    /// <summary>Answers a call from now on; one handler per method.</summary>
    public void Handle(PeerMethod method, PeerHandler handler) => _directory.Handle(method, handler);

    /// <summary>Takes the metadata lane's connections from now on; the stream is the taker's to dispose.</summary>
    public void AcceptStreams(Action<PeerIdentity, Stream> taker) => _directory.Streams = taker;

    /// <summary>Hears of sessions from now on.</summary>
    public void Observe(IPeerObserver observer)
    {
        lock (_gate)
            _observers = [.. _observers, observer];
    }

    /// <summary>
    /// The brokers to keep sessions with; this one is left out. Sessions with others end; a new address is dialled
    /// anew.
    /// </summary>
    public void SetPeers(IReadOnlyList<PeerAddress> peers)
    {
        List<PeerLinks> started = [];
        List<PeerLinks> ended = [];
        lock (_gate)
        {
            if (_stopped)
                return;

            PeerAddress[] wanted = [.. peers.Where(peer => peer.Broker != Self.Broker).OrderBy(peer => peer.Broker)];
            ended.AddRange(_links.Where(link => !wanted.Contains(link.Peer)));
            foreach (PeerAddress peer in wanted.Where(peer => !_links.Any(link => link.Peer == peer)))
                started.Add(new PeerLinks(_context, this, peer));
            _links = [.. _links.Except(ended).Concat(started).OrderBy(link => link.Peer.Broker)];
        }

        foreach (PeerLinks links in ended)
            _ = links.StopAsync();
        foreach (PeerLinks links in started)
            links.Start();
    }

    /// <summary>The cluster was founded or joined: tells every peer. Group messages flow only from then on.</summary>
    public void SetClusterId(ClusterId cluster)
    {
        _context.Self = _context.Self with { Cluster = cluster };
        foreach (PeerLinks links in _links)
            links.Announce();
    }

    /// <summary>The peer's identity, if there is a session with it.</summary>
    public PeerIdentity? SessionWith(BrokerId broker) => Find(broker)?.Main.Channel?.Remote;

    /// <summary>
    /// Calls a peer and waits for its answer. How it ended is a value; only the token's cancellation throws.
    /// </summary>
    public ValueTask<PeerReply> CallAsync(
        BrokerId peer, PeerMethod method, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken token)
    {
        return Find(peer)?.Main is { Channel: { } channel } link
            ? link.Calls.CallAsync(channel, method, body, timeout, token)
            : ValueTask.FromResult(new PeerReply(PeerCallStatus.Unavailable, default));
    }

    /// <summary>
    /// Opens a connection of the metadata lane to whoever listens there; the stream is the caller's to dispose.
    /// </summary>
    /// <exception cref="PeerConnectionException">Nobody is there, or it refused.</exception>
    public async ValueTask<(
        PeerIdentity Peer, Stream Stream)> OpenStreamAsync(HostAndPort address, CancellationToken token)
    {
        (IPeerConnection connection, PeerIdentity peer) =
            await new PeerDialer(_context).DialAsync(BrokerId.None, address, PeerLane.Metadata, token);
        return (peer, connection.DetachStream());
    }

    public async ValueTask DisposeAsync()
    {
        PeerLinks[] links;
        lock (_gate)
        {
            if (_stopped)
                return;

            _stopped = true;
            links = _links;
        }

        _stopping.Cancel();
        if (_pings is not null)
            await _pings.DisposeAsync();
        if (_listener is not null)
            await _listener.DisposeAsync();
        await _acceptor.StopAsync();
        foreach (PeerLinks link in links)
            await link.StopAsync();
        await _accepting;
        _context.Metrics.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Closes what peers have dialled, as a network does that drops connections; they dial again.</summary>
    internal ValueTask ResetIncomingAsync() => _acceptor.CloseAllAsync();

    internal void Deliver(IPeerMessageReceiver receiver) => _directory.Messages = receiver;

    /// <summary>Takes the frame over. False: no session or no room; the frame is gone.</summary>
    internal bool Send(BrokerId peer, PeerFrame frame, PeerLane lane)
    {
        PeerLinks? links = Find(peer);
        PeerChannel? channel = lane == PeerLane.Bulk ? links?.Bulk.Channel : links?.Main.Channel;
        if (channel is not null)
            return channel.TrySend(frame, isData: frame.Kind == PeerFrameKind.Entries);

        _context.Metrics.CountDropped();
        _context.Frames.Return(frame);
        return false;
    }

    /// <summary>A sign of life, to all.</summary>
    internal void SendBeats()
    {
        foreach (PeerLinks links in _links)
            links.Main.Channel?.TrySend(_context.Frames.Begin(PeerFrameKind.Beat).Seal());
    }

    /// <summary>Something could not be said that must not be missing: a new session begins without what was.</summary>
    internal void EndSession(BrokerId peer) => Find(peer)?.Main.EndSession();

    void IPeerObserver.SessionUp(PeerIdentity peer)
    {
        // The cluster id may have become known while the greeting was under way.
        Find(peer.Broker)?.Announce();
        foreach (IPeerObserver observer in _observers)
            observer.SessionUp(peer);
    }

    void IPeerObserver.SessionDown(PeerIdentity peer)
    {
        foreach (IPeerObserver observer in _observers)
            observer.SessionDown(peer);
    }

    void IPeerObserver.ProcessGone(BrokerId broker, ProcessIncarnation process)
    {
        foreach (IPeerObserver observer in _observers)
            observer.ProcessGone(broker, process);
    }

    private PeerLinks? Find(BrokerId broker)
    {
        foreach (PeerLinks links in _links)
        {
            if (links.Peer.Broker == broker)
                return links;
        }

        return null;
    }

    private void HeardOf(BrokerId broker) => Find(broker)?.Hurry();

    private void Ping()
    {
        foreach (PeerLinks links in _links)
            links.Ping();
    }
}
