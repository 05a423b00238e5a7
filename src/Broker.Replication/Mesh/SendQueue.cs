namespace Broker.Replication;

/// <summary>
/// What waits to be sent over one connection: control frames go before entries. Both have a bound in bytes; what does
/// not fit is refused, never queued for ever, and the sender is told.
/// </summary>
internal sealed class SendQueue(PeerFramePool pool, PeerMeshOptions options)
{
    private readonly Lock _gate = new();
    private readonly AsyncSignal _signal = new();
    private readonly Queue<PeerFrame> _control = new();
    private readonly Queue<PeerFrame> _data = new();
    private long _controlBytes;
    private long _dataBytes;
    private bool _closed;

    /// <summary>Takes the frame over, whatever the outcome. False: refused, the queue is full or closed.</summary>
    public bool TryAdd(PeerFrame frame, bool isData)
    {
        lock (_gate)
        {
            if (!_closed && (isData ? AddData(frame) : AddControl(frame)))
            {
                _signal.Set();
                return true;
            }
        }

        pool.Return(frame);
        return false;
    }

    /// <summary>Waits for frames and moves a batch of them into the list. False: closed.</summary>
    public async ValueTask<bool> TakeAsync(List<PeerFrame> into)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_closed)
                    return false;

                Move(into);
            }

            if (into.Count > 0)
                return true;

            await _signal.WaitAsync();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (PeerFrame frame in _control)
                pool.Return(frame);
            foreach (PeerFrame frame in _data)
                pool.Return(frame);
            _control.Clear();
            _data.Clear();
            _controlBytes = _dataBytes = 0;
        }

        _signal.Set();
    }

    // A single frame larger than the bound is let in when nothing else waits: progress.
    private bool AddControl(PeerFrame frame)
    {
        if (_controlBytes > 0 && _controlBytes + frame.Length > options.ControlQueueBytes)
            return false;

        _controlBytes += frame.Length;
        _control.Enqueue(frame);
        return true;
    }

    private bool AddData(PeerFrame frame)
    {
        if (_dataBytes > 0 && _dataBytes + frame.Length > options.DataQueueBytes)
            return false;

        _dataBytes += frame.Length;
        _data.Enqueue(frame);
        return true;
    }

    private void Move(List<PeerFrame> into)
    {
        while (_control.TryDequeue(out PeerFrame? frame))
        {
            _controlBytes -= frame.Length;
            into.Add(frame);
        }

        long batch = 0;
        while (batch < options.SendBatchBytes && _data.TryDequeue(out PeerFrame? frame))
        {
            batch += frame.Length;
            _dataBytes -= frame.Length;
            into.Add(frame);
        }
    }
}
