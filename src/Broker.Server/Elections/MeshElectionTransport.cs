using System.Collections.Immutable;
using System.Text.Json;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Elections;

/// <summary>Wishes as calls between brokers, over the connections that replication has anyway.</summary>
internal sealed class MeshElectionTransport(PeerMesh mesh) : IElectionTransport
{
    private static readonly PeerMethod Method = new(103);

    /// <summary>Answers what other brokers ask from now on.</summary>
    public static void Serve(PeerMesh mesh, LedHere led) => mesh.Handle(
        Method,
        async (_, body, cancellation) => ElectionJson.Encode(
            await led.GiveAsync(ElectionJson.DecodeWishes(body.Span), cancellation)));

    public async ValueTask<ImmutableArray<ElectionOutcome>?> CallAsync(
        BrokerId leader, ImmutableArray<Handover> wishes, TimeSpan patience, CancellationToken cancellation)
    {
        PeerReply reply = await mesh.CallAsync(leader, Method, ElectionJson.Encode(wishes), patience, cancellation);
        if (!reply.IsOk)
            return null;
        try
        {
            return ElectionJson.DecodeOutcomes(reply.Body.Span) is { IsDefault: false } outcomes
                && outcomes.Length == wishes.Length ? outcomes : null;
        }
        catch (JsonException)
        {
            // A newer broker's answer that this one can't read tells nothing, like none.
            return null;
        }
    }
}
