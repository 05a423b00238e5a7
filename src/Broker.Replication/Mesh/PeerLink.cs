using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// This broker's own connection to one peer on one lane: dialled again, with back-off, as long as the link is wanted.
/// States: down → (dial, greet) → up → (reset, end, silence) → dial at once → up | down. Only the main lane tells
/// observers.
/// </summary>
internal sealed class PeerLink : IPeerChannelReceiver
{
    private readonly PeerMeshContext _context;
    private readonly PeerDialer _dialer;
    private readonly IPeerObserver _observer;
    private readonly PeerLane _lane;
    private readonly PeerCalls _calls;
    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncSignal _hurry = new();
    private volatile PeerChannel? _channel;
    private PeerIdentity? _known;
    private Task _running = Task.CompletedTask;
    private PeerConnectionError? _lastError;

    public PeerLink(PeerMeshContext context, IPeerObserver observer, PeerAddress peer, PeerLane lane)
    {
        _context = context;
        _dialer = new PeerDialer(context);
        _observer = observer;
        _lane = lane;
        _calls = new PeerCalls(context);
        Peer = peer;
    }

    public PeerAddress Peer { get; }

    /// <summary>The session, if there is one.</summary>
    public PeerChannel? Channel => _channel;

    public PeerCalls Calls => _calls;

    public void Start() => _running = RunAsync();

    /// <summary>The peer has just been heard of: don't wait out the back-off.</summary>
    public void Hurry()
    {
        if (_channel is null)
            _hurry.Set();
    }

    public async ValueTask StopAsync()
    {
        _stop.Cancel();
        _hurry.Set();
        if (_channel is { } channel)
            await channel.CloseAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Asks for a sign of life; gives a connection up that has been silent for too long.</summary>
    public void Ping()
    {
        if (_channel is not { } channel)
            return;

        if (channel.Silence <= _context.Options.SilenceLimit)
        {
            channel.TrySend(_context.Frames.Begin(PeerFrameKind.Ping).Seal());
            return;
        }

        _context.Log.Silent(Peer.Broker, channel.Silence);
        _ = GiveUpAsync(channel);
    }

    /// <summary>As if the connection had been lost: it is dialled again at once.</summary>
    public void EndSession()
    {
        if (_channel is { } channel)
            _ = GiveUpAsync(channel);
    }

    public void Received(PeerChannel channel, in ReceivedFrame frame)
    {
        if (frame.Kind == PeerFrameKind.Response)
            _calls.Answered(frame);

        frame.Release();
    }

    private static async Task GiveUpAsync(PeerChannel channel) => await channel.CloseAsync();

    private async Task RunAsync()
    {
        TimeSpan delay = TimeSpan.Zero;
        bool justLost = false;
        int shortLived = 0;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                (IPeerConnection connection, PeerIdentity remote) =
                    await _dialer.DialAsync(Peer.Broker, Peer.Address, _lane, _stop.Token);
                long begun = _context.Time.GetTimestamp();
                await RunSessionAsync(connection, remote);
                justLost = true;
                shortLived = _context.Time.GetElapsedTime(begun) < _context.Options.LongestRetry ? shortLived + 1 : 0;
                if (shortLived <= 1)
                {
                    delay = TimeSpan.Zero;
                    continue;
                }
            }
            catch (PeerConnectionException failure)
            {
                Failed(failure, justLost);
                justLost = false;
            }
            catch (OperationCanceledException)
            {
                break;
            }

            delay = await BackOffAsync(delay);
        }
    }

    private async Task RunSessionAsync(IPeerConnection connection, PeerIdentity remote)
    {
        if (_known is { } before && before.Process != remote.Process)
            ReportGone(before);

        _known = remote;
        _lastError = null;
        var channel = new PeerChannel(connection, remote, _context, this);
        _channel = channel;
        if (_stop.IsCancellationRequested)
            await channel.CloseAsync();
        if (_lane == PeerLane.Main)
        {
            _context.Log.Connected(remote, Peer.Address);
            _observer.SessionUp(remote);
        }

        PeerConnectionException? failure = await channel.RunAsync();
        _channel = null;
        if (_lane == PeerLane.Main)
        {
            _context.Log.Disconnected(remote, failure?.Message ?? "closed by the peer");
            _observer.SessionDown(remote);
        }

        // Last: whoever hears that a call was lost finds everybody told of the session's end.
        _calls.Lose();
    }

    private void Failed(PeerConnectionException failure, bool justLost)
    {
        bool gone = failure.Error == PeerConnectionError.Refused
            || (justLost && failure.Error == PeerConnectionError.Reset);
        if (gone && _known is { } known)
        {
            _known = null;
            ReportGone(known);
        }

        if (_lane == PeerLane.Main && _lastError != failure.Error)
            _context.Log.Unreachable(Peer.Broker, Peer.Address, failure.Message);
        _lastError = failure.Error;
    }

    private void ReportGone(PeerIdentity peer)
    {
        if (_lane != PeerLane.Main)
            return;

        _context.Log.ProcessGone(peer.Broker, peer.Process);
        _observer.ProcessGone(peer.Broker, peer.Process);
    }

    private async Task<TimeSpan> BackOffAsync(TimeSpan before)
    {
        TimeSpan delay = before == TimeSpan.Zero ? _context.Options.FirstRetry : before * 2;
        if (delay > _context.Options.LongestRetry)
            delay = _context.Options.LongestRetry;

        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task pause = Task.Delay(_context.Jitter(delay), _context.Time, stopWaiting.Token);
        Task<bool> hurried = HurriedAsync();
        await Waiting.FirstAsync(pause, hurried);
        stopWaiting.Cancel();
        if (!hurried.IsCompleted)
            _hurry.Set();
        await hurried;
        return delay;
    }

    private async Task<bool> HurriedAsync()
    {
        await _hurry.WaitAsync();
        return true;
    }
}
