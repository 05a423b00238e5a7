using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broker.Model;

namespace Broker.MetadataQuorum.Tests;

/// <summary>
/// The peer channel over TCP on loopback: one connection per call or voter's stream, which begins with what it is and
/// who opened it. <see cref="Cut"/> is a network or a process that is gone: what is open is reset, what is new refused.
/// </summary>
internal sealed class LoopbackChannel : IMetadataPeerChannel, IDisposable
{
    private const byte StreamLane = 1;
    private const byte CallLane = 2;

    private readonly BrokerId _self;
    private readonly LoopbackNetwork _network;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Socket> _open = [];
    private volatile IMetadataPeerService? _service;
    private bool _cut;

    public LoopbackChannel(BrokerId self, LoopbackNetwork network)
    {
        _self = self;
        _network = network;
        _listener.Start();
        _ = AcceptAllAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public void Serve(IMetadataPeerService service) => _service = service;

    public async ValueTask<Stream> OpenAsync(BrokerId voter, CancellationToken cancellation)
    {
        try
        {
            return await ConnectAsync(voter, StreamLane, cancellation);
        }
        catch (SocketException e)
        {
            throw new IOException($"{voter} can't be reached", e);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        BrokerId peer, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        limited.CancelAfter(timeout);
        try
        {
            await using NetworkStream stream = await ConnectAsync(peer, CallLane, limited.Token);
            await WriteFrameAsync(stream, request, limited.Token);
            return await ReadFrameAsync(stream, limited.Token);
        }
        catch (Exception e) when (IsBroken(e))
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Cut()
    {
        Socket[] open;
        lock (_open)
        {
            _cut = true;
            open = [.. _open];
            _open.Clear();
        }

        foreach (Socket socket in open)
            socket.Close(0);
    }

    public void Mend()
    {
        lock (_open)
            _cut = false;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Stop();
        Cut();
    }

    private async ValueTask<NetworkStream> ConnectAsync(BrokerId peer, byte lane, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Keep(socket);
            await socket.ConnectAsync(_network.AddressOf(peer), cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            byte[] greeting = new byte[5];
            greeting[0] = lane;
            BinaryPrimitives.WriteInt32LittleEndian(greeting.AsSpan(1), _self.Value);
            await stream.WriteAsync(greeting, cancellation);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Keep(Socket socket)
    {
        lock (_open)
        {
            if (_cut)
                throw new SocketException((int)SocketError.NetworkUnreachable);
            _open.RemoveWhere(known => known.SafeHandle.IsClosed);
            _open.Add(socket);
        }
    }

    private async Task AcceptAllAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = ServeAsync(socket);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            Keep(socket);
            socket.NoDelay = true;
            var stream = new NetworkStream(socket, ownsSocket: true);
            byte[] greeting = new byte[5];
            await stream.ReadExactlyAsync(greeting, _stopping.Token);
            var peer = new BrokerId(BinaryPrimitives.ReadInt32LittleEndian(greeting.AsSpan(1)));
            if (_service is not { } service)
            {
                socket.Dispose();
            }
            else if (greeting[0] == StreamLane)
            {
                service.Accept(peer, stream);
            }
            else
            {
                ReadOnlyMemory<byte> request = await ReadFrameAsync(stream, _stopping.Token);
                ReadOnlyMemory<byte> answer = await service.AnswerAsync(peer, request, _stopping.Token);
                await WriteFrameAsync(stream, answer, _stopping.Token);
                socket.Dispose();
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            socket.Dispose();
        }
    }

    private static bool IsBroken(Exception e) =>
        e is SocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private static async ValueTask WriteFrameAsync(Stream stream, ReadOnlyMemory<byte> body, CancellationToken token)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        await stream.WriteAsync(length, token);
        await stream.WriteAsync(body, token);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(Stream stream, CancellationToken token)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, token);
        byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        await stream.ReadExactlyAsync(body, token);
        return body;
    }
}
