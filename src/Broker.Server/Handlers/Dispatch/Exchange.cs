using Broker.Protocol;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>A request and its response as messages, used again for the next: one owner at a time.</summary>
internal sealed class Exchange<TRequest, TResponse>
    where TRequest : class, IRequestFor<TResponse>, new()
    where TResponse : class, IResponse, new()
{
    public TRequest Request { get; } = new();

    public TResponse Response { get; } = new();

    /// <summary>What the response's bytes depend on: disposed once it is sent.</summary>
    public IDisposable? Kept { get; set; }

    public void Reset()
    {
        Request.Reset();
        Response.Reset();
        Kept = null;
    }
}
