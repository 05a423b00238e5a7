using MessagePack;

namespace Broker.Replication;

/// <summary>
/// A connection after its handshake: one loop sends what is queued, one receives. Either failing ends both.
/// </summary>
internal sealed class PeerChannel(
    IPeerConnection connection, PeerIdentity remote, PeerMeshContext context, IPeerChannelReceiver receiver)
{
    private readonly SendQueue _queue = new(context.Frames, context.Options);
    private int _calls;
    private long _lastReceived = context.Time.GetTimestamp();
    private volatile PeerIdentity _remote = remote;

    /// <summary>The other end; its cluster id may become known later.</summary>
    public PeerIdentity Remote
    {
        get => _remote;
        set => _remote = value;
    }

    public string Address => connection.Remote;

    public TimeSpan Silence => context.Time.GetElapsedTime(Volatile.Read(ref _lastReceived));

    /// <summary>Takes the frame over, whatever the outcome.</summary>
    public bool TrySend(PeerFrame frame, bool isData = false)
    {
        bool queued = _queue.TryAdd(frame, isData);
        if (!queued)
            context.Metrics.CountDropped();
        return queued;
    }

    /// <summary>Takes one of the places for calls in hand.</summary>
    public bool TryEnterCall()
    {
        if (Interlocked.Increment(ref _calls) <= context.Options.CallsPerPeer)
            return true;

        Interlocked.Decrement(ref _calls);
        return false;
    }

    public void LeaveCall() => Interlocked.Decrement(ref _calls);

    /// <summary>
    /// Runs until the connection ends; says how it ended (null: the other end closed it between two frames).
    /// </summary>
    public async Task<PeerConnectionException?> RunAsync()
    {
        Task<PeerConnectionException?> receiving = ReceiveAsync();
        Task<PeerConnectionException?> sending = SendAsync();
        Task first = await Waiting.FirstAsync(receiving, sending);
        await CloseAsync();
        await Waiting.AllAsync([receiving, sending]);
        return await (first == receiving ? receiving : sending);
    }

    public async ValueTask CloseAsync()
    {
        _queue.Close();
        await connection.DisposeAsync();
    }

    private async Task<PeerConnectionException?> SendAsync()
    {
        var batch = new List<PeerFrame>();
        try
        {
            while (await _queue.TakeAsync(batch))
            {
                await connection.SendAsync(batch, CancellationToken.None);
                foreach (PeerFrame frame in batch)
                {
                    context.Metrics.CountSent(frame.Length);
                    context.Frames.Return(frame);
                }

                batch.Clear();
            }

            return null;
        }
        catch (PeerConnectionException failure)
        {
            foreach (PeerFrame frame in batch)
                context.Frames.Return(frame);
            return failure;
        }
    }

    private async Task<PeerConnectionException?> ReceiveAsync()
    {
        try
        {
            while (await connection.ReceiveAsync(context.Options.MaxFrameBytes, CancellationToken.None) is { } frame)
            {
                Volatile.Write(ref _lastReceived, context.Time.GetTimestamp());
                context.Metrics.CountReceived(frame.Length);
                receiver.Received(this, frame);
            }

            return null;
        }
        catch (PeerConnectionException failure)
        {
            return failure;
        }
        catch (Exception failure) when (failure is MessagePackSerializationException or EndOfStreamException
            or OverflowException)
        {
            return new PeerConnectionException(
                PeerConnectionError.Protocol, $"{Address} sent a header that cannot be read", failure);
        }
    }
}
