using System.Net;
using System.Net.Sockets;
using Broker.Model;

namespace Broker.Replication;

/// <summary>Peer connections over TCP.</summary>
public sealed class TcpPeerNetwork : IPeerNetwork
{
    private const int Backlog = 512;

    public async ValueTask<IPeerConnection> ConnectAsync(HostAndPort address, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, token);
            // A port of the ephemeral range with nobody behind it can be given to the very socket that dials it.
            if (Equals(socket.LocalEndPoint, socket.RemoteEndPoint))
                throw new SocketException((int)SocketError.ConnectionRefused);

            return new TcpPeerConnection(socket, address.ToString());
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.ToPeerError(address.ToString());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public IPeerListener Listen(HostAndPort bind)
    {
        try
        {
            IPAddress host = Dns.GetHostAddresses(bind.Host)[0];
            var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(host, bind.Port));
                socket.Listen(Backlog);
                return new TcpPeerListener(socket, bind with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port });
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (SocketException failure)
        {
            throw failure.ToPeerError($"Cannot listen for peers on {bind}");
        }
    }
}
