using Broker.Model;
using Broker.Protocol;

namespace Broker.Client.Connections;

/// <summary>
/// One connection for each address, made when it is first needed and again when it broke. Any thread.
/// </summary>
internal sealed class ConnectionPool(ClientOptions options) : IAsyncDisposable
{
    private readonly Dictionary<HostAndPort, Task<BrokerConnection>> _connections = [];
    private readonly NameCache _names = new();
    private bool _disposed;

    public async Task<BrokerConnection> GetAsync(HostAndPort address, CancellationToken token)
    {
        Task<BrokerConnection> connection;
        lock (_connections)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_connections.TryGetValue(address, out connection!) || IsUseless(connection))
            {
                // Shared by all that ask, so it is not bound to the token of the one that came first.
                connection = BrokerConnection.OpenAsync(address, options, _names, CancellationToken.None);
                _connections[address] = connection;
            }
        }

        return await connection.WaitAsync(token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task<BrokerConnection>[] connections;
        lock (_connections)
        {
            _disposed = true;
            connections = [.. _connections.Values];
            _connections.Clear();
        }

        foreach (Task<BrokerConnection> connection in connections)
        {
            try
            {
                await (await connection.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
            catch (UnreachableException)
            {
                // It never came about: nothing to close.
            }
        }
    }

    private static bool IsUseless(Task<BrokerConnection> connection) =>
        connection.IsFaulted || (connection.IsCompletedSuccessfully && connection.Result.IsBroken);
}
