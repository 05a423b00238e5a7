namespace Broker.Replication;

/// <summary>
/// Takes the frames of groups that come in from brokers of this cluster. Called by the receiving loops.
/// </summary>
internal interface IPeerMessageReceiver
{
    /// <summary>The receiver releases the frame.</summary>
    /// <exception cref="PeerConnectionException">The frame is not ours; ends the connection.</exception>
    void Received(PeerIdentity from, in ReceivedFrame frame);

    /// <summary>
    /// A session that a peer began with this broker has begun or, after the last frame of it, ended: what was sent in
    /// between has arrived, in order.
    /// </summary>
    void SessionChanged(PeerIdentity from);
}
