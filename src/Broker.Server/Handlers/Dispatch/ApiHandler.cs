using Broker.Protocol;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>Answers the requests of one API.</summary>
internal abstract class ApiHandler(ApiKey key)
{
    public ApiDescription Api { get; } = ApiCatalogue.Of(key);

    /// <summary>Whether the connection's next request may begin before this one is answered.</summary>
    public virtual bool Overlaps => false;

    /// <summary>Takes over the frame; null: no response is sent.</summary>
    /// <exception cref="ProtocolException">The body is malformed.</exception>
    public abstract ValueTask<ResponseFrame?> HandleAsync(RequestContext context);
}
