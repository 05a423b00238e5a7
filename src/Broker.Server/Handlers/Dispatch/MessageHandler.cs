using System.Runtime.CompilerServices;
using Broker.Protocol;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>A handler that sees messages instead of bytes.</summary>
internal abstract class MessageHandler<TRequest, TResponse>(ApiKey key, HandlerServices services) : ApiHandler(key)
    where TRequest : class, IRequestFor<TResponse>, new()
    where TResponse : class, IResponse, new()
{
    private readonly ExchangePool<TRequest, TResponse> _exchanges = new();

    /// <summary>
    /// True for a handler that needs the frame's bytes until it has answered: records are slices of it.
    /// </summary>
    protected virtual bool KeepsFrame => false;

    protected HandlerServices Services { get; } = services;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public sealed override async ValueTask<ResponseFrame?> HandleAsync(RequestContext context)
    {
        Exchange<TRequest, TResponse> exchange = _exchanges.Rent();
        bool holdsFrame = true;
        try
        {
            Read(context, exchange.Request);
            if (!KeepsFrame)
            {
                TakeBytes(exchange.Request);
                context.Frame.Release();
                holdsFrame = false;
            }

            return await AnswerAsync(exchange, context) ? Write(exchange, context) : null;
        }
        finally
        {
            if (holdsFrame)
                context.Frame.Release();

            exchange.Kept?.Dispose();
            _exchanges.Return(exchange);
        }
    }

    /// <summary>
    /// The frame is about to be given back: whoever needs byte fields of the request makes them his own now.
    /// </summary>
    protected virtual void TakeBytes(TRequest request)
    {
    }

    /// <summary>Fills in the response. False: none is sent.</summary>
    protected abstract ValueTask<bool> AnswerAsync(Exchange<TRequest, TResponse> exchange, RequestContext context);

    private void Read(in RequestContext context, TRequest request)
    {
        var reader = new ProtocolReader(context.Frame.Memory, Services.Names);
        RequestHeader.Read(ref reader);
        request.Read(ref reader, context.Version);
    }

    private ResponseFrame Write(Exchange<TRequest, TResponse> exchange, in RequestContext context)
    {
        ResponseFrame frame = Services.Responses.Rent();
        try
        {
            Frame.WriteResponse(frame.Writer, Api, context.Version, context.Header.CorrelationId, exchange.Response);
        }
        catch
        {
            frame.Release();
            throw;
        }

        if (exchange.Kept is { } kept)
            frame.Writer.Keep(kept);

        exchange.Kept = null;
        return frame;
    }
}
