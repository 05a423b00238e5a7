using Broker.MetadataQuorum;
using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Node;

/// <summary>The metadata group's connections and questions, over the connections between brokers.</summary>
/// <param name="addressOf">Where a broker listens for its peers; null if that is not known.</param>
internal sealed class MeshMetadataChannel(PeerMesh mesh, Func<BrokerId, HostAndPort?> addressOf) : IMetadataPeerChannel
{
    private static readonly PeerMethod Question = new(101);

    public async ValueTask<Stream> OpenAsync(BrokerId voter, CancellationToken cancellation)
    {
        HostAndPort address = addressOf(voter)
            ?? throw new IOException($"It is not known where broker {voter} listens for its peers.");
        try
        {
            (PeerIdentity peer, Stream stream) = await mesh.OpenStreamAsync(address, cancellation);
            if (peer.Broker == voter)
                return stream;

            await stream.DisposeAsync();
            throw new IOException($"At {address} answers broker {peer.Broker}, not broker {voter}.");
        }
        catch (PeerConnectionException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        BrokerId peer, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation)
    {
        PeerReply reply = await mesh.CallAsync(peer, Question, request, timeout, cancellation);
        return reply.IsOk ? reply.Body : null;
    }

    public void Serve(IMetadataPeerService service)
    {
        mesh.Handle(
            Question, (caller, body, cancellation) => service.AnswerAsync(caller.Broker, body, cancellation));
        mesh.AcceptStreams((peer, stream) => service.Accept(peer.Broker, stream));
    }
}
