using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Broker.MetadataQuorum;

/// <summary>Hands connections that came in over the peer channel to DotNext; refuses them beyond a bound.</summary>
internal sealed class VoterListener : IConnectionListenerFactory, IConnectionListener
{
    private const int Waiting = 16;

    private readonly Channel<VoterConnection> _incoming = Channel.CreateBounded<VoterConnection>(Waiting);
    private readonly Lock _gate = new();
    private readonly HashSet<VoterConnection> _open = [];
    private bool _closed;

    public EndPoint EndPoint { get; private set; } = new DnsEndPoint("unbound", 0);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return new ValueTask<IConnectionListener>(this);
    }

    /// <summary>Takes the connection over; closes it if there is no room or no listener any more.</summary>
    public void Offer(VoterConnection connection)
    {
        lock (_gate)
        {
            if (!_closed && _incoming.Writer.TryWrite(connection))
            {
                _open.Add(connection);
                connection.ConnectionClosed.UnsafeRegister(_ => Forget(connection), null);
                return;
            }
        }

        connection.Abort();
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _incoming.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

    public ValueTask DisposeAsync()
    {
        VoterConnection[] open;
        lock (_gate)
        {
            _closed = true;
            _incoming.Writer.TryComplete();
            open = [.. _open];
            _open.Clear();
        }

        foreach (VoterConnection connection in open)
            connection.Abort();
        return ValueTask.CompletedTask;
    }

    private void Forget(VoterConnection connection)
    {
        lock (_gate)
            _open.Remove(connection);
    }
}
