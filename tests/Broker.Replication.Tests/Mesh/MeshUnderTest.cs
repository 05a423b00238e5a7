using Broker.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Replication.Tests.Mesh;

/// <summary>A mesh on a free port of the loopback interface.</summary>
internal sealed class MeshUnderTest : IAsyncDisposable
{
    public static readonly ClusterId Cluster = new(new Guid("11111111-1111-4111-8111-111111111111"));

    public MeshUnderTest(
        int broker, ClusterId? cluster = null, HostAndPort? bind = null, Incarnation? incarnation = null)
    {
        var random = new Random();
        var self = new PeerIdentity(
            cluster ?? Cluster,
            new BrokerId(broker),
            incarnation ?? Incarnation.New(random),
            ProcessIncarnation.New(random));
        Mesh = new PeerMesh(
            self,
            PeerMeshOptions.Default,
            new PeerMeshEnvironment(new TcpPeerNetwork(), TimeProvider.System, random, NullLoggerFactory.Instance));
        Mesh.Observe(Observer);
        Address = new PeerAddress(new BrokerId(broker), Mesh.Start(bind ?? new HostAndPort("127.0.0.1", 0)));
    }

    public PeerMesh Mesh { get; }

    public RecordingObserver Observer { get; } = new();

    public PeerAddress Address { get; }

    public bool HasSessionWith(MeshUnderTest other) => Mesh.SessionWith(other.Mesh.Self.Broker) == other.Mesh.Self;

    public static async Task Connect(params MeshUnderTest[] meshes)
    {
        PeerAddress[] addresses = [.. meshes.Select(mesh => mesh.Address)];
        foreach (MeshUnderTest mesh in meshes)
            mesh.Mesh.SetPeers(addresses);

        foreach (MeshUnderTest mesh in meshes)
        {
            foreach (MeshUnderTest other in meshes.Where(other => other != mesh))
                await Eventually.BecomesTrue(() => mesh.HasSessionWith(other));
        }
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
