namespace Broker.Replication;

/// <summary>The one exception of a broken peer connection; caught by the loop that owns the connection.</summary>
public sealed class PeerConnectionException(PeerConnectionError error, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public PeerConnectionError Error { get; } = error;
}
