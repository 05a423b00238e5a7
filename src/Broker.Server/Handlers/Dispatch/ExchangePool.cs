using Broker.Protocol;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Keeps a bounded number of message pairs to be used again, by any thread.</summary>
internal sealed class ExchangePool<TRequest, TResponse>
    where TRequest : class, IRequestFor<TResponse>, new()
    where TResponse : class, IResponse, new()
{
    private const int MostKept = 128;

    private readonly Lock _gate = new();
    private readonly Stack<Exchange<TRequest, TResponse>> _kept = new();

    public Exchange<TRequest, TResponse> Rent()
    {
        lock (_gate)
            return _kept.TryPop(out Exchange<TRequest, TResponse>? exchange) ? exchange : new();
    }

    public void Return(Exchange<TRequest, TResponse> exchange)
    {
        exchange.Reset();
        lock (_gate)
        {
            if (_kept.Count < MostKept)
                _kept.Push(exchange);
        }
    }
}
