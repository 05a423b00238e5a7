using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Node;

/// <summary>Who this process is, and where it is reached.</summary>
internal sealed record NodeIdentity(BrokerId Broker, Incarnation Incarnation, ProcessIncarnation Process)
{
    public HostAndPort Peer { get; init; }

    public ImmutableArray<BrokerListener> Listeners { get; init; } = [];

    public string? Rack { get; init; }

    public BrokerWish Wish(ClusterId cluster) => new(cluster, new BrokerRegistered(
        Broker,
        Incarnation,
        Process,
        Peer,
        Listeners,
        Rack,
        FeatureLevel.Oldest,
        FeatureLevel.Newest));
}
