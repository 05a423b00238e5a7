using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>Opens a connection and shakes hands, within a time.</summary>
internal sealed class PeerDialer(PeerMeshContext context)
{
    /// <exception cref="PeerConnectionException">
    /// Protocol: it answered, and refused or is not who was asked for. Otherwise what the network said; a connection
    /// that closed before the answer counts as reset.
    /// </exception>
    public async Task<(IPeerConnection Connection, PeerIdentity Remote)> DialAsync(
        BrokerId target, HostAndPort address, PeerLane lane, CancellationToken token)
    {
        IPeerConnection connection = await ConnectAsync(address, token);
        try
        {
            return (connection, await GreetAsync(connection, target, address, lane, token));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<IPeerConnection> ConnectAsync(HostAndPort address, CancellationToken token)
    {
        using var expiry = new CancellationTokenSource(context.Options.ConnectTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, token);
        try
        {
            return await context.Network.ConnectAsync(address, either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new PeerConnectionException(PeerConnectionError.Unreachable, $"{address}: no answer");
        }
    }

    private async Task<PeerIdentity> GreetAsync(
        IPeerConnection connection, BrokerId target, HostAndPort address, PeerLane lane, CancellationToken token)
    {
        using var expiry = new CancellationTokenSource(context.Options.HandshakeTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, token);
        PeerFrame hello = Handshake.WriteHello(context.Frames.Begin(PeerFrameKind.Hello), context.Self, target, lane);
        try
        {
            await connection.SendAsync([hello], either.Token);
            if (await connection.ReceiveAsync(Handshake.MaxLength, either.Token) is not { } frame)
                throw new PeerConnectionException(PeerConnectionError.Reset, $"{address}: closed before it answered");

            try
            {
                return Accept(Handshake.ReadWelcome(frame, connection.Remote), target, address);
            }
            finally
            {
                frame.Release();
            }
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new PeerConnectionException(PeerConnectionError.Unreachable, $"{address}: no greeting in time");
        }
        finally
        {
            context.Frames.Return(hello);
        }
    }

    private PeerIdentity Accept(in Handshake.Welcome welcome, BrokerId target, HostAndPort address)
    {
        string? refusal = welcome.Refusal;
        if (refusal is null && target != BrokerId.None && welcome.From.Broker != target)
            refusal = $"there is broker {welcome.From.Broker}, not broker {target}";
        refusal ??= Handshake.ClusterMismatch(context.Self, welcome.From);
        if (refusal is null)
            return welcome.From;

        context.Log.RefusedBy(target, address, refusal);
        throw new PeerConnectionException(PeerConnectionError.Protocol, $"{address} refused: {refusal}");
    }
}
