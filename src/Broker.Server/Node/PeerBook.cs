using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;

namespace Broker.Server.Node;

/// <summary>
/// Where the other brokers listen for their peers: what they registered, and before that the voters as configured.
/// Tells the
/// mesh whenever it changes.
/// </summary>
internal sealed class PeerBook(PeerMesh mesh, IReadOnlyList<MetadataVoter> configured)
{
    private volatile IReadOnlyList<PeerAddress> _peers = [];

    public HostAndPort? AddressOf(BrokerId broker)
    {
        foreach (PeerAddress peer in _peers)
        {
            if (peer.Broker == broker)
                return peer.Address;
        }

        return null;
    }

    /// <summary>One caller at a time.</summary>
    public void Update(ClusterImage image)
    {
        var byBroker = new SortedDictionary<BrokerId, HostAndPort>();
        foreach (MetadataVoter voter in configured)
            byBroker[voter.Id] = voter.Address;
        foreach (BrokerRegistration broker in image.Brokers.Values)
            byBroker[broker.Id] = broker.Peer;

        PeerAddress[] peers = [.. byBroker.Select(pair => new PeerAddress(pair.Key, pair.Value))];
        if (peers.SequenceEqual(_peers))
            return;
        _peers = peers;
        mesh.SetPeers(peers);
    }
}
