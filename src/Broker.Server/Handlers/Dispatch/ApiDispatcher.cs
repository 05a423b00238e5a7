using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Broker.Protocol;
using Broker.Server.Network;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Leads each request to the handler of its API.</summary>
public sealed class ApiDispatcher : IRequestDispatcher
{
    private readonly Meter _meter = new("Broker.Server");
    private readonly ApiHandler?[] _handlers;
    private readonly ApiMetrics?[] _metrics;
    private readonly NameCache _names;
    private readonly Deadlines _deadlines;

    internal ApiDispatcher(IReadOnlyList<ApiHandler> handlers, HandlerServices services)
    {
        _names = services.Names;
        _deadlines = services.Deadlines;
        int keys = handlers.Max(handler => (int)handler.Api.Key) + 1;
        _handlers = new ApiHandler?[keys];
        _metrics = new ApiMetrics?[keys];
        foreach (ApiHandler handler in handlers)
        {
            _handlers[(int)handler.Api.Key] = handler;
            _metrics[(int)handler.Api.Key] = new ApiMetrics(_meter, services.Options.Id, handler.Api.Key);
        }
    }

    /// <summary>
    /// As Kafka does: what cannot be answered in a form that its sender can read closes the connection.
    /// </summary>
    public string? Objection(short apiKey, short version)
    {
        if (Find(apiKey) is not { } handler)
            return $"it asked for API {(ApiKey)apiKey}, which is not served";

        // A client that speaks newer versions learns by the answer which ones are spoken here (KIP-511).
        if (handler.Api.CanRead(version) || handler.Api.Key == ApiKey.ApiVersions)
            return null;

        string served = $"{handler.Api.MinVersion} to {handler.Api.MaxVersion} are served";
        return $"it asked for version {version} of {handler.Api.Key}; {served}";
    }

    public bool Overlaps(short apiKey) => Find(apiKey) is { Overlaps: true };

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseFrame?> HandleAsync(ClientSession session, RequestFrame frame)
    {
        short key = frame.ApiKey;
        ApiHandler handler = Find(key) ?? throw new InvalidOperationException($"API {key} has no handler.");
        long begun = _deadlines.Now;
        int size = frame.Length;
        try
        {
            ResponseFrame? response = await handler.HandleAsync(new RequestContext(session, frame, ReadHeader(frame)));
            _metrics[key]!.Answered(_deadlines.Since(begun), size, response?.Length ?? 0);
            return response;
        }
        catch (ProtocolException malformed)
        {
            throw new ClientLostException($"its {handler.Api.Key} request is malformed: {malformed.Message}");
        }
    }

    private ApiHandler? Find(short key) => (uint)key < (uint)_handlers.Length ? _handlers[key] : null;

    private RequestHeader ReadHeader(RequestFrame frame)
    {
        // What follows the correlation id in a version that is not known is not known either.
        if (Find(frame.ApiKey)!.Api is var api && !api.CanRead(frame.Version))
            return new RequestHeader(api.Key, frame.Version, frame.CorrelationId, null, api);

        try
        {
            var reader = new ProtocolReader(frame.Memory, _names);
            return RequestHeader.Read(ref reader);
        }
        catch (ProtocolException)
        {
            frame.Release();
            throw;
        }
    }
}
