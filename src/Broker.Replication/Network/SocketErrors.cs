using System.Net.Sockets;

namespace Broker.Replication;

/// <summary>What a socket's failure says about the peer.</summary>
internal static class SocketErrors
{
    public static PeerConnectionException ToPeerError(this SocketException failure, string remote)
    {
        PeerConnectionError error = failure.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => PeerConnectionError.Refused,
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
                PeerConnectionError.Reset,
            _ => PeerConnectionError.Unreachable,
        };
        return new PeerConnectionException(error, $"{remote}: {failure.Message}", failure);
    }
}
