namespace Broker.Replication;

/// <summary>
/// Frames in order, both ways, over one connection. One sender and one receiver at a time. Disposing ends both; frames
/// in flight may be lost.
/// </summary>
public interface IPeerConnection : IAsyncDisposable
{
    /// <summary>For logs: the other end's address.</summary>
    string Remote { get; }

    /// <summary>
    /// Sends the frames in order, as few system calls as possible. The caller keeps them and releases them afterwards,
    /// whatever the outcome.
    /// </summary>
    /// <exception cref="PeerConnectionException">The connection is broken.</exception>
    ValueTask SendAsync(IReadOnlyList<PeerFrame> frames, CancellationToken token);

    /// <summary>
    /// The next frame, to be released by the caller; null when the other end closed between two frames.
    /// </summary>
    /// <exception cref="PeerConnectionException">Broken, or a frame longer than
    /// <paramref name="maxLength"/>.</exception>
    ValueTask<ReceivedFrame?> ReceiveAsync(int maxLength, CancellationToken token);

    /// <summary>
    /// The connection from here on as raw bytes, for a protocol of somebody else's (the metadata voters). Frames can't
    /// be used any more; disposing the stream closes the connection.
    /// </summary>
    Stream DetachStream();
}
