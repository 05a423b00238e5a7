using Broker.Protocol;
using Broker.Server.Network;
using Broker.Server.Network.Frames;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>What a handler knows of a request beside its body.</summary>
/// <param name="Frame">The body's bytes; only a handler that keeps its frame may look at it.</param>
internal readonly record struct RequestContext(ClientSession Session, RequestFrame Frame, RequestHeader Header)
{
    public short Version => Header.ApiVersion;

    /// <summary>The name of the listener that the client came in by: it is told the brokers' addresses there.</summary>
    public string Listener => Session.Client.Listener;
}
