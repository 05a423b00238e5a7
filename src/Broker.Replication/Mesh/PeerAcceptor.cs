using Broker.Model;
using MessagePack;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>Takes what peers dial: greets, refuses by name, and serves each connection by its lane.</summary>
internal sealed class PeerAcceptor(PeerMeshContext context, PeerDirectory directory) : IPeerChannelReceiver
{
    private readonly Lock _gate = new();
    private readonly List<IPeerConnection> _open = [];
    private int _handshakes;
    private bool _stopped;

    public async Task RunAsync(IPeerListener listener)
    {
        var serving = new List<Task>();
        while (await listener.AcceptAsync(CancellationToken.None) is { } connection)
        {
            serving.RemoveAll(task => task.IsCompleted);
            if (Interlocked.Increment(ref _handshakes) > context.Options.PendingHandshakes || !Track(connection))
            {
                Interlocked.Decrement(ref _handshakes);
                await connection.DisposeAsync();
                continue;
            }

            serving.Add(ServeAsync(connection));
        }

        await Waiting.AllAsync(serving);
    }

    public ValueTask StopAsync()
    {
        lock (_gate)
            _stopped = true;

        return CloseAllAsync();
    }

    public async ValueTask CloseAllAsync()
    {
        List<IPeerConnection> open;
        lock (_gate)
            open = [.. _open];

        foreach (IPeerConnection connection in open)
            await connection.DisposeAsync();
    }

    public void Received(PeerChannel channel, in ReceivedFrame frame)
    {
        switch (frame.Kind)
        {
            case PeerFrameKind.Messages or PeerFrameKind.Entries or PeerFrameKind.Beat:
                if (context.IsOfThisCluster(channel.Remote) && directory.Messages is { } messages)
                    messages.Received(channel.Remote, frame);
                else
                    frame.Release();
                return;
            case PeerFrameKind.Ping:
                channel.TrySend(context.Frames.Begin(PeerFrameKind.Pong).Seal());
                break;
            case PeerFrameKind.Identity:
                Identify(channel, frame);
                break;
            case PeerFrameKind.Request:
                _ = AnswerAsync(channel, PeerCalls.ReadRequest(frame), frame.Payload.ToArray());
                break;
        }

        frame.Release();
    }

    private async Task ServeAsync(IPeerConnection connection)
    {
        bool handedOver = false;
        try
        {
            Handshake.Hello? hello = await GreetAsync(connection);
            if (hello is { Lane: PeerLane.Metadata, From: { } peer })
                handedOver = HandOver(peer, connection);
            else if (hello is { } greeted)
                await RunAsync(connection, greeted);
        }
        catch (PeerConnectionException failure)
        {
            if (failure.Error == PeerConnectionError.Protocol)
                context.Log.BadConnection(connection.Remote, failure.Message);
        }
        finally
        {
            lock (_gate)
                _open.Remove(connection);
            if (!handedOver)
                await connection.DisposeAsync();
        }
    }

    private async Task RunAsync(IPeerConnection connection, Handshake.Hello greeted)
    {
        if (greeted.Lane != PeerLane.Main)
        {
            await new PeerChannel(connection, greeted.From, context, this).RunAsync();
            return;
        }

        directory.Messages?.SessionChanged(greeted.From);
        try
        {
            await new PeerChannel(connection, greeted.From, context, this).RunAsync();
        }
        finally
        {
            directory.Messages?.SessionChanged(greeted.From);
        }
    }

    // Null: refused.
    private async Task<Handshake.Hello?> GreetAsync(IPeerConnection connection)
    {
        using var expiry = new CancellationTokenSource(context.Options.HandshakeTimeout, context.Time);
        PeerFrame? answer = null;
        try
        {
            if (await connection.ReceiveAsync(Handshake.MaxLength, expiry.Token) is not { } frame)
                return null;

            Handshake.Hello hello = ReadHello(connection, frame);
            string? refusal = Handshake.Refusal(context.Self, hello)
                ?? Handshake.Twin(directory.SessionWith(hello.From.Broker), hello.From);
            if (refusal is null && hello.Lane == PeerLane.Metadata && directory.Streams is null)
                refusal = "the metadata quorum does not run here";

            answer = context.Frames.Begin(PeerFrameKind.Welcome);
            Handshake.WriteWelcome(
                answer, new Handshake.Welcome(context.Self, Math.Min(hello.Newest, Handshake.NewestVersion), refusal));
            await connection.SendAsync([answer], expiry.Token);
            if (refusal is not null)
                context.Log.Refused(hello.From, connection.Remote, refusal);
            else
                directory.HeardOf(hello.From.Broker);
            return refusal is null ? hello : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
            if (answer is not null)
                context.Frames.Return(answer);
        }
    }

    private static Handshake.Hello ReadHello(IPeerConnection connection, in ReceivedFrame frame)
    {
        try
        {
            return Handshake.ReadHello(frame, connection.Remote);
        }
        finally
        {
            frame.Release();
        }
    }

    private bool HandOver(PeerIdentity peer, IPeerConnection connection)
    {
        if (directory.Streams is not { } streams)
            return false;

        streams(peer, connection.DetachStream());
        return true;
    }

    private void Identify(PeerChannel channel, in ReceivedFrame frame)
    {
        PeerIdentity peer = Handshake.ReadIdentity(frame, channel.Address);
        if (peer.Broker != channel.Remote.Broker || peer.Process != channel.Remote.Process)
            throw new PeerConnectionException(PeerConnectionError.Protocol, $"{channel.Address} changed its identity");

        if (Handshake.ClusterMismatch(context.Self, peer) is { } mismatch)
        {
            context.Log.Refused(peer, channel.Address, mismatch);
            throw new PeerConnectionException(PeerConnectionError.Protocol, mismatch);
        }

        channel.Remote = peer;
    }

    private async Task AnswerAsync(PeerChannel channel, PeerCalls.Request request, ReadOnlyMemory<byte> body)
    {
        PeerReply reply = await HandleAsync(channel, request.Method, body);
        channel.TrySend(PeerCalls.WriteResponse(context.Frames.Begin(PeerFrameKind.Response), request.Id, reply));
    }

    private async ValueTask<PeerReply> HandleAsync(PeerChannel channel, PeerMethod method, ReadOnlyMemory<byte> body)
    {
        if (directory.HandlerOf(method) is not { } handler)
            return new PeerReply(PeerCallStatus.UnknownMethod, default);

        if (!channel.TryEnterCall())
            return new PeerReply(PeerCallStatus.Busy, default);

        try
        {
            return new PeerReply(PeerCallStatus.Ok, await handler(channel.Remote, body, directory.Stopping));
        }
        catch (Exception failure)
        {
            if (!directory.Stopping.IsCancellationRequested)
                context.Log.HandlerFailed(method, channel.Remote.Broker, failure);
            return new PeerReply(PeerCallStatus.Failed, default);
        }
        finally
        {
            channel.LeaveCall();
        }
    }

    private bool Track(IPeerConnection connection)
    {
        lock (_gate)
        {
            if (!_stopped)
                _open.Add(connection);
            return !_stopped;
        }
    }
}
