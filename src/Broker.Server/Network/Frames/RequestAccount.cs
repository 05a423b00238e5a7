namespace Broker.Server.Network.Frames;

/// <summary>
/// What one connection holds of the memory for requests. Its fields are guarded by the memory's lock.
/// </summary>
internal sealed class RequestAccount(RequestMemory memory, Action abort)
{
    private readonly Wake _granted = new();
    private long _received;

    /// <summary>Bytes of requests that are being received or handled.</summary>
    internal long Held { get; set; }

    /// <summary>What it waits for; 0 if it does not wait.</summary>
    internal int Wanted { get; set; }

    internal bool IsClosed { get; set; }

    /// <summary>Its place among those that receive a frame; negative if it receives none.</summary>
    internal int Place { get; set; } = -1;

    internal long ReceivedAtLastLook { get; set; }

    internal long Received => Volatile.Read(ref _received);

    /// <summary>Waits until the bytes are granted. False: the connection was closed meanwhile.</summary>
    public async ValueTask<bool> TakeAsync(int bytes)
    {
        if (memory.TryTake(this, bytes))
            return true;

        await _granted.WaitAsync();
        return !IsClosed;
    }

    public void Give(int bytes) => memory.Give(this, bytes);

    /// <summary>Bytes of a frame have come in.</summary>
    public void Progress(int bytes) => Volatile.Write(ref _received, _received + bytes);

    /// <summary>The frame for which memory was taken is complete.</summary>
    public void FrameComplete() => memory.FrameComplete(this);

    /// <summary>Ends a wait; what is held stays held until it is given back.</summary>
    public void Close() => memory.Close(this);

    internal void Grant() => _granted.Set();

    /// <summary>
    /// Called for a connection that holds memory for a frame and does not send it, while others wait.
    /// </summary>
    internal void Evict() => abort();
}
