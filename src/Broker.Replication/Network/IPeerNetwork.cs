using Broker.Model;

namespace Broker.Replication;

/// <summary>How brokers reach each other. Production: TCP. The simulator has its own.</summary>
public interface IPeerNetwork
{
    /// <exception cref="PeerConnectionException">Says what happened, see <see cref="PeerConnectionError"/>.</exception>
    ValueTask<IPeerConnection> ConnectAsync(HostAndPort address, CancellationToken token);

    /// <summary>Port 0 asks for a free one.</summary>
    /// <exception cref="PeerConnectionException">The address is in use or not ours; the message names it.</exception>
    IPeerListener Listen(HostAndPort bind);
}
