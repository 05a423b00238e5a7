using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Network;

/// <summary>
/// One client's requests and responses, without the socket that they travel on; a simulated client drives the same.
/// <para>Order: requests begin one after another. One whose API overlaps (Produce after its append, Fetch while it
/// waits)
/// lets the next begin; any other is finished first. Responses come out in the order of their requests.</para>
/// <para>Two callers: one that begins requests, one at a time, and one that takes responses.</para>
/// </summary>
public sealed class ClientSession : IDisposable
{
    private readonly IRequestDispatcher _dispatcher;
    private readonly SessionLimits _limits;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();
    private readonly Queue<BegunRequest> _begun = new();
    private readonly Wake _roomForRequest = new();
    private readonly Wake _nextIsFinished = new();
    private long _finishedBytes;
    private int _inFlight;
    private bool _isEnded;

    public ClientSession(IRequestDispatcher dispatcher, ClientIdentity client, SessionLimits limits, ILogger logger)
    {
        _dispatcher = dispatcher;
        _limits = limits;
        _logger = logger;
        Client = client;
    }

    public ClientIdentity Client { get; }

    /// <summary>Ends waits that nobody is interested in any more: a fetch's for records.</summary>
    public CancellationToken Closed => _closed.Token;

    public bool IsIdle => Volatile.Read(ref _inFlight) == 0;

    private bool HasRoom => Volatile.Read(ref _inFlight) < _limits.MaxInFlight
        && Interlocked.Read(ref _finishedBytes) < _limits.MaxResponseBytes;

    /// <summary>Begins a request, whose frame it takes over; done when the next one may begin.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask BeginAsync(RequestFrame frame)
    {
        var begun = new BegunRequest();
        Interlocked.Increment(ref _inFlight);
        lock (_gate)
            _begun.Enqueue(begun);

        bool overlaps = _dispatcher.Overlaps(frame.ApiKey);
        Task handling = HandleAsync(begun, frame);
        if (!overlaps)
            await handling;

        while (!HasRoom && !_closed.IsCancellationRequested)
            await _roomForRequest.WaitAsync();
    }

    /// <summary>No more requests will begin; the responses of those that did still come.</summary>
    public void End()
    {
        lock (_gate)
            _isEnded = true;

        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Over already: the connection's clock and the watch over memory may come when it has just ended.
        }

        _roomForRequest.Set();
        _nextIsFinished.Set();
    }

    /// <summary>
    /// The next response in order, the caller's until <see cref="Sent"/>; null when there are no more.
    /// </summary>
    /// <exception cref="ClientLostException">The next request cannot be answered: the connection is to be
    /// closed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseFrame?> NextAsync()
    {
        while (true)
        {
            if (TryNext(true, out ResponseFrame? response, out bool isOver) || isOver)
                return response;

            await _nextIsFinished.WaitAsync();
        }
    }

    /// <summary>The next response if it is finished already; what failed is left to <see cref="NextAsync"/>.</summary>
    public bool TryNext([NotNullWhen(true)] out ResponseFrame? response) => TryNext(false, out response, out _);

    /// <summary>A response has left, or never will; its memory is given back.</summary>
    public void Sent(ResponseFrame response)
    {
        Interlocked.Add(ref _finishedBytes, -response.Length);
        response.Release();
        Done();
    }

    public void Dispose() => _closed.Dispose();

    private bool TryNext(bool tellsFailure, [NotNullWhen(true)] out ResponseFrame? response, out bool isOver)
    {
        while (true)
        {
            BegunRequest? next;
            lock (_gate)
            {
                isOver = _isEnded && _begun.Count == 0;
                if (!_begun.TryPeek(out next) || !next.IsFinished || (next.Failure is not null && !tellsFailure))
                {
                    response = null;
                    return false;
                }

                _begun.Dequeue();
            }

            response = next.Response;
            if (response is not null)
                return true;

            Done();
            if (next.Failure is not null)
                throw next.Failure;
        }
    }

    private async Task HandleAsync(BegunRequest begun, RequestFrame frame)
    {
        short key = frame.ApiKey;
        try
        {
            begun.Response = await _dispatcher.HandleAsync(this, frame);
        }
        catch (ClientLostException lost)
        {
            begun.Failure = lost;
        }
        catch (Exception failed)
        {
            NetworkLog.RequestFailed(_logger, key, Client.Address, failed);
            begun.Failure = new ClientLostException($"a request of API {key} failed");
        }

        if (begun.Response is { } response)
            Interlocked.Add(ref _finishedBytes, response.Length);

        bool isNext;
        lock (_gate)
        {
            begun.IsFinished = true;
            isNext = _begun.Peek() == begun;
        }

        if (isNext)
            _nextIsFinished.Set();
    }

    private void Done()
    {
        Interlocked.Decrement(ref _inFlight);
        _roomForRequest.Set();
    }

    /// <summary>
    /// A request's place in the order of responses. Guarded by the session's lock once it is finished.
    /// </summary>
    private sealed class BegunRequest
    {
        public bool IsFinished { get; set; }

        public ResponseFrame? Response { get; set; }

        public ClientLostException? Failure { get; set; }
    }
}
