namespace Broker.Replication;

/// <summary>Takes the frames of a channel, one at a time and in order.</summary>
internal interface IPeerChannelReceiver
{
    /// <summary>The receiver releases the frame.</summary>
    /// <exception cref="PeerConnectionException">Ends the channel.</exception>
    void Received(PeerChannel channel, in ReceivedFrame frame);
}
