using System.Collections.Immutable;
using System.Text.Json;
using Broker.Model;
using Broker.Replication;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

/// <summary>Markers as calls between brokers, over the connections that replication has anyway.</summary>
/// <param name="here">Writes those of partitions that this broker leads.</param>
internal sealed class MeshMarkerTransport(BrokerId self, PeerMesh mesh, MarkersHere here) : IMarkerTransport
{
    private static readonly PeerMethod Method = new(106);

    /// <summary>Answers what other brokers ask from now on.</summary>
    public void Serve() => mesh.Handle(
        Method,
        async (_, body, _) => MarkerJson.Encode(await here.WriteAsync(MarkerJson.DecodeWishes(body.Span))));

    public async ValueTask<ImmutableArray<EndOutcome>?> CallAsync(
        BrokerId leader, ImmutableArray<MarkerWish> wishes, TimeSpan patience, CancellationToken cancellation)
    {
        if (leader == self)
            return await here.WriteAsync(wishes);

        PeerReply reply = await mesh.CallAsync(leader, Method, MarkerJson.Encode(wishes), patience, cancellation);
        if (!reply.IsOk)
            return null;
        try
        {
            return MarkerJson.DecodeOutcomes(reply.Body.Span) is { IsDefault: false } outcomes
                && outcomes.Length == wishes.Length ? outcomes : null;
        }
        catch (JsonException)
        {
            // A newer broker's answer that this one can't read tells nothing, like none.
            return null;
        }
    }
}
