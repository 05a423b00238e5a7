using System.Text.Json;
using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Controller.Messages;

/// <summary>Controller requests as calls between brokers, over the connections that replication has anyway.</summary>
internal sealed class MeshControllerTransport(PeerMesh mesh) : IControllerTransport
{
    public static readonly PeerMethod Method = new(100);

    /// <summary>Answers what other brokers ask from now on.</summary>
    public static void Serve(PeerMesh mesh, ControllerService service) => mesh.Handle(
        Method,
        async (_, body, cancellation) => ControllerJson.Encode(
            await service.HandleAsync(ControllerJson.DecodeRequest(body.Span), cancellation)));

    public async ValueTask<ControllerReply?> CallAsync(
        BrokerId broker, ControllerRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        PeerReply reply = await mesh.CallAsync(
            broker, Method, ControllerJson.Encode(request), patience, cancellation);
        if (!reply.IsOk)
            return null;
        try
        {
            return ControllerJson.DecodeReply(reply.Body.Span);
        }
        catch (JsonException)
        {
            // A newer broker's answer that this one can't read tells nothing, like none.
            return null;
        }
    }
}
