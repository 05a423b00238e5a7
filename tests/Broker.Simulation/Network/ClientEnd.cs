using Broker.Model;
using Broker.Server.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

/// <summary>
/// One end of a client's connection, the client's or the broker's. What is sent arrives in order, in pieces of any
/// size; a broken connection loses what is under way.
/// </summary>
internal sealed class ClientEnd(ClientNetwork network, string client, BrokerId broker, Life life, bool isBroker)
    : IClientTransport
{
    private readonly Queue<(long Due, byte[]? Bytes)> _underway = new();
    private readonly Queue<byte[]> _arrived = new();
    private TaskCompletionSource? _waiting;
    private int _taken;
    private long _lastDue;
    private bool _isScheduled;
    private bool _isReset;
    private bool _hasEnded;
    private bool _isDisposed;

    public string Client => client;

    public BrokerId Broker => broker;

    public bool IsBroker => isBroker;

    public bool IsBroken => _isReset || _isDisposed;

    public string RemoteAddress => isBroker ? client : $"broker-{broker}";

    public ClientEnd Other { get; set; } = null!;

    public async ValueTask<int> ReceiveAsync(Memory<byte> into)
    {
        while (_arrived.Count == 0)
        {
            ThrowIfBroken();
            if (_hasEnded)
                return 0;

            _waiting = new TaskCompletionSource();
            await _waiting.Task;
        }

        ThrowIfBroken();
        byte[] first = _arrived.Peek();
        int count = Math.Min(into.Length, first.Length - _taken);
        first.AsSpan(_taken, count).CopyTo(into.Span);
        _taken += count;
        if (_taken == first.Length)
        {
            _arrived.Dequeue();
            _taken = 0;
        }

        return count;
    }

    public ValueTask SendAsync(List<ArraySegment<byte>> segments)
    {
        ThrowIfBroken();
        Send([.. segments.SelectMany(segment => segment)]);
        return ValueTask.CompletedTask;
    }

    public void Send(byte[] bytes)
    {
        ThrowIfBroken();
        int cut = bytes.Length > 1 && network.Queue.Chance(0.1) ? network.Queue.Random.Next(1, bytes.Length) : 0;
        if (cut > 0)
            Put(bytes[..cut]);
        Put(bytes[cut..]);
    }

    public void Abort()
    {
        if (IsBroken)
            return;

        _isReset = true;
        Put(null);
        _waiting?.TrySetResult();
    }

    public void Dispose()
    {
        Abort();
        _isDisposed = true;
    }

    /// <summary>Nothing arrives any more, on either side of it.</summary>
    public void Break()
    {
        _isReset = true;
        _underway.Clear();
        _arrived.Clear();
        _waiting?.TrySetResult();
    }

    /// <summary>Takes what is under way on, unless the wire is cut.</summary>
    public void Carry()
    {
        if (_isScheduled || _underway.Count == 0 || network.IsCut(this))
            return;

        _isScheduled = true;
        long delay = Math.Max(0, _underway.Peek().Due - network.Queue.Now);
        network.Queue.After(delay, network.Queue.World, "client packet", Deliver);
    }

    private void Put(byte[]? bytes)
    {
        _lastDue = Math.Max(_lastDue, network.Queue.Now + network.DrawDelay());
        _underway.Enqueue((_lastDue, bytes));
        Carry();
    }

    private void Deliver()
    {
        _isScheduled = false;
        if (_underway.Count == 0 || network.IsCut(this))
            return;

        Other.Arrive(_underway.Dequeue().Bytes);
        Carry();
    }

    private void Arrive(byte[]? bytes)
    {
        if (network.IsOff(this) || IsBroken)
            return;

        if (!life.IsAlive)
            Abort();
        else if (bytes is null)
            _hasEnded = true;
        else
            _arrived.Enqueue(bytes);
        _waiting?.TrySetResult();
    }

    private void ThrowIfBroken()
    {
        if (IsBroken)
            throw new ClientLostException("the connection is broken");
    }
}
