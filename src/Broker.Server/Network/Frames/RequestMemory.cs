namespace Broker.Server.Network.Frames;

/// <summary>
/// The memory that requests of all clients together may take, from before a frame is received until it is answered.
/// When it
/// is used up, connections wait, which stops their reading: TCP slows the clients down.
/// <para>Fairness: a quarter is kept for connections that hold nothing, and they are served first, so that whoever
/// already
/// has requests under way cannot shut others out. While somebody waits, a connection that took memory for a frame and
/// then
/// hardly sends it is cut off.</para>
/// </summary>
internal sealed class RequestMemory : Deadline
{
    /// <summary>A frame under way must bring so much between two looks, while others wait for memory.</summary>
    private const int LeastReceived = 16 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly long _capacity;
    private readonly Deadlines _deadlines;
    private readonly Queue<RequestAccount> _newcomers = new();
    private readonly Queue<RequestAccount> _holders = new();
    private readonly List<RequestAccount> _receiving = [];
    private long _used;
    private bool _isWatching;

    public RequestMemory(long capacity, Deadlines deadlines)
    {
        _capacity = capacity;
        _deadlines = deadlines;
    }

    /// <summary>Bytes in use; for metrics.</summary>
    public long Used => Volatile.Read(ref _used);

    internal bool TryTake(RequestAccount account, int bytes)
    {
        lock (_gate)
        {
            bool isNewcomer = account.Held == 0;
            Queue<RequestAccount> queue = isNewcomer ? _newcomers : _holders;
            bool isFirst = _newcomers.Count == 0 && queue.Count == 0;
            if (account.IsClosed || (isFirst && Fits(account, bytes)))
            {
                Take(account, bytes);
                return true;
            }

            account.Wanted = bytes;
            queue.Enqueue(account);
            Watch();
            return false;
        }
    }

    internal void Give(RequestAccount account, int bytes)
    {
        lock (_gate)
        {
            account.Held -= bytes;
            _used -= bytes;
            Serve();
        }
    }

    internal void FrameComplete(RequestAccount account)
    {
        lock (_gate)
            StopReceiving(account);
    }

    internal void Close(RequestAccount account)
    {
        lock (_gate)
        {
            account.IsClosed = true;
            StopReceiving(account);
            if (account.Wanted > 0)
            {
                account.Wanted = 0;
                account.Grant();
                Serve();
            }
        }
    }

    /// <summary>The look at who sits on memory, once a second while somebody waits.</summary>
    protected internal override void Expired()
    {
        List<RequestAccount> stalled;
        lock (_gate)
        {
            _isWatching = false;
            if (_newcomers.Count + _holders.Count == 0)
                return;

            stalled = _receiving.FindAll(account => account.Received - account.ReceivedAtLastLook < LeastReceived);
            foreach (RequestAccount account in _receiving)
                account.ReceivedAtLastLook = account.Received;

            Watch();
        }

        foreach (RequestAccount account in stalled)
            account.Evict();
    }

    private void Watch()
    {
        if (_isWatching)
            return;

        _isWatching = true;
        foreach (RequestAccount account in _receiving)
            account.ReceivedAtLastLook = account.Received;

        _deadlines.Add(this, _deadlines.After(Look));
    }

    private bool Fits(RequestAccount account, int bytes)
    {
        long limit = account.Held == 0 ? _capacity : _capacity / 4 * 3;
        return _used + bytes <= limit;
    }

    private void Take(RequestAccount account, int bytes)
    {
        account.Held += bytes;
        _used += bytes;
        account.ReceivedAtLastLook = account.Received;
        account.Place = _receiving.Count;
        _receiving.Add(account);
    }

    private void Serve()
    {
        ServeFrom(_newcomers);
        if (_newcomers.Count == 0)
            ServeFrom(_holders);
    }

    private void ServeFrom(Queue<RequestAccount> queue)
    {
        while (queue.TryPeek(out RequestAccount? account))
        {
            if (account.Wanted > 0)
            {
                if (!Fits(account, account.Wanted))
                    return;

                Take(account, account.Wanted);
                account.Wanted = 0;
                account.Grant();
            }

            queue.Dequeue();
        }
    }

    private void StopReceiving(RequestAccount account)
    {
        if (account.Place < 0)
            return;

        RequestAccount last = _receiving[^1];
        _receiving[account.Place] = last;
        last.Place = account.Place;
        _receiving.RemoveAt(_receiving.Count - 1);
        account.Place = -1;
    }
}
