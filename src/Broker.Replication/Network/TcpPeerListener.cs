using System.Net.Sockets;
using Broker.Model;

namespace Broker.Replication;

internal sealed class TcpPeerListener(Socket socket, HostAndPort address) : IPeerListener
{
    private volatile bool _disposed;

    public HostAndPort Address { get; } = address;

    public async ValueTask<IPeerConnection?> AcceptAsync(CancellationToken token)
    {
        while (!_disposed)
        {
            try
            {
                Socket accepted = await socket.AcceptAsync(token);
                accepted.NoDelay = true;
                return new TcpPeerConnection(accepted, accepted.RemoteEndPoint?.ToString() ?? "?");
            }
            catch (SocketException) when (!_disposed)
            {
                // The connection died in the backlog; the next one may live.
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
