using Broker.Server.Network.Frames;

namespace Broker.Server.Network;

/// <summary>Finds the handler of a request: what the network knows of the APIs.</summary>
public interface IRequestDispatcher
{
    /// <summary>
    /// Why a request of this API and version cannot be answered at all, so that the connection is closed before the
    /// rest of
    /// it is read; null if it can.
    /// </summary>
    string? Objection(short apiKey, short version);

    /// <summary>Whether the next request of the connection may begin while this one waits for its outcome.</summary>
    bool Overlaps(short apiKey);

    /// <summary>
    /// Handles one request. What has to be in order, the append of a produce above all, is done when this returns; the
    /// response may come later. Takes the frame over. Null: no response is sent.
    /// </summary>
    /// <exception cref="ClientLostException">The request is malformed: the connection is closed.</exception>
    ValueTask<ResponseFrame?> HandleAsync(ClientSession session, RequestFrame frame);
}
