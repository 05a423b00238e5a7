using Broker.Metadata;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Configuration;
using Broker.Server.Controller.Membership;
using Broker.Server.Network;

namespace Broker.Server.Node;

/// <summary>A broker's connections with its peers, and what they tell of them.</summary>
internal sealed class NodePeers : IAsyncDisposable
{
    private static readonly PeerMethod Presence = new(102);

    private readonly PeerBook _book;

    public NodePeers(
        NodeIdentity identity, ClusterId cluster, BrokerOptions options, BrokerEnvironment environment)
    {
        Mesh = new PeerMesh(
            new PeerIdentity(cluster, identity.Broker, identity.Incarnation, identity.Process),
            PeerMeshOptions.Default,
            new PeerMeshEnvironment(
                environment.PeerNetwork, environment.Time, new Random(environment.Random.Next()), environment.Loggers));
        Gone = new GoneProcesses();
        Silent = new SilentBrokers(environment.Time, options.Raft.BrokerSession);
        Mesh.Observe(Gone);
        Mesh.Observe(Silent);
        Mesh.Handle(Presence, (_, _, _) => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty));
        _book = new PeerBook(Mesh, options.MetadataVoters);
        Channel = new MeshMetadataChannel(Mesh, _book.AddressOf);
    }

    public PeerMesh Mesh { get; }

    public GoneProcesses Gone { get; }

    public SilentBrokers Silent { get; }

    public MeshMetadataChannel Channel { get; }

    /// <summary>Listens; returns the address with its real port.</summary>
    /// <exception cref="ListenerException">The address is in use, or none of this machine.</exception>
    public HostAndPort Start(HostAndPort bind)
    {
        try
        {
            HostAndPort bound = Mesh.Start(bind);
            _book.Update(ClusterImage.Empty);
            return bound;
        }
        catch (PeerConnectionException refused)
        {
            throw new ListenerException($"The peer listener can't bind {bind}: {refused.Message}", refused);
        }
    }

    /// <summary>Keeps the connections as the image has the brokers. One caller at a time.</summary>
    public void Follow(ClusterImage image) => _book.Update(image);

    public bool HasSession(BrokerId broker) => Mesh.SessionWith(broker) is not null;

    /// <summary>Done when the broker has answered, or its session has ended, or the time is over.</summary>
    public async Task SignOfLifeAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation) =>
        await Mesh.CallAsync(broker, Presence, ReadOnlyMemory<byte>.Empty, patience, cancellation);

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
