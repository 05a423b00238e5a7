using Broker.Metadata;
using Broker.Storage;

namespace Broker.Server.Node;

/// <summary>What is there once a broker has a seat in the metadata group.</summary>
internal sealed record NodeParts(
    NodeIdentity Identity,
    DataDirectory Directory,
    NodeStorage Storage,
    NodePeers Peers,
    NodeListeners Listeners,
    IMetadataLog Log);
