using System.Net;
using System.Net.Sockets;
using Broker.Model;

namespace Broker.Server.Network;

/// <summary>Listens on a TCP socket.</summary>
public sealed class SocketListener : IClientListener
{
    private const int Backlog = 1024;

    private readonly Socket _socket;

    private SocketListener(Socket socket, HostAndPort bound)
    {
        _socket = socket;
        BoundAddress = bound;
    }

    public HostAndPort BoundAddress { get; }

    /// <exception cref="ListenerException">The address is in use, or is none of this machine.</exception>
    public static SocketListener Listen(string name, HostAndPort bind)
    {
        Socket? socket = null;
        try
        {
            var endPoint = new IPEndPoint(Resolve(bind.Host), bind.Port);
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new SocketListener(socket, bind with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port });
        }
        catch (SocketException refused)
        {
            socket?.Dispose();
            throw new ListenerException($"Listener {name} cannot bind {bind}: {refused.SocketErrorCode}.", refused);
        }
    }

    public async ValueTask<IClientTransport?> AcceptAsync()
    {
        try
        {
            Socket client = await _socket.AcceptAsync();
            client.NoDelay = true;
            return new SocketTransport(client);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        catch (SocketException ended) when (ended.SocketErrorCode is SocketError.OperationAborted)
        {
            return null;
        }
        catch (SocketException failed)
        {
            throw new ClientLostException($"No connection could be taken: {failed.SocketErrorCode}.", failed);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static IPAddress Resolve(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(host, out IPAddress? address) ? address : Dns.GetHostAddresses(host)[0],
    };
}
