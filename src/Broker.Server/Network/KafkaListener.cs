using Broker.Model;
using Broker.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Network;

/// <summary>Takes Kafka clients at one address, within the limits of how many there may be, and serves each.</summary>
public sealed class KafkaListener : IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly string _name;
    private readonly IClientListener _listener;
    private readonly ClientResources _resources;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<ClientConnection> _connections = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SettingDefinition? _lastRefusal;
    private bool _isStopping;

    public KafkaListener(string name, IClientListener listener, ClientResources resources)
    {
        _name = name;
        _listener = listener;
        _resources = resources;
        _logger = resources.Logger;
    }

    public HostAndPort BoundAddress => _listener.BoundAddress;

    /// <summary>
    /// Serves clients until the token is cancelled; then no more are taken, requests that have begun are answered,
    /// and after
    /// the grace time what is left is cut off.
    /// </summary>
    public async Task RunAsync(TimeSpan grace, CancellationToken token)
    {
        NetworkLog.Listening(_logger, _name, BoundAddress);
        using (token.Register(_listener.Dispose))
        {
            while (await AcceptAsync() is { } transport)
            {
                if (IsWithinLimits(transport))
                    _ = ServeAsync(transport);
                else
                    transport.Dispose();
            }
        }

        await StopAsync(grace);
    }

    public void Dispose() => _listener.Dispose();

    private async Task<IClientTransport?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync();
            }
            catch (ClientLostException failed)
            {
                // Perhaps no file handle is free: trying again at once would only burn a core.
                NetworkLog.AcceptFailed(_logger, _name, failed.Message);
                await Task.Delay(PauseAfterFailure, _resources.Time);
            }
        }
    }

    private bool IsWithinLimits(IClientTransport transport)
    {
        SettingDefinition? refusal = _resources.Counts.Enter(transport.RemoteAddress, _resources.Options.Connections);
        if (refusal is not null && refusal != _lastRefusal)
        {
            string where = refusal == Settings.Connections ? "in all" : "from there";
            NetworkLog.Refused(_logger, transport.RemoteAddress, _resources.Counts.Total, where, refusal.Key);
        }

        _lastRefusal = refusal;
        return refusal is null;
    }

    private async Task ServeAsync(IClientTransport transport)
    {
        using ClientConnection connection = _resources.Connect(transport, _name);
        lock (_gate)
            _connections.Add(connection);

        await connection.RunAsync();
        _resources.Counts.Leave(transport.RemoteAddress);
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_isStopping && _connections.Count == 0)
                _drained.TrySetResult();
        }
    }

    private async Task StopAsync(TimeSpan grace)
    {
        ForEachConnection(connection => connection.Stop());
        lock (_gate)
        {
            _isStopping = true;
            if (_connections.Count == 0)
                _drained.TrySetResult();
        }

        using var enough = new CancellationTokenSource(grace, _resources.Time);
        using (enough.Token.Register(() => _drained.TrySetResult()))
            await _drained.Task;

        // Not waited for: requests that are still under way end when their partitions do.
        ForEachConnection(connection => connection.CutOff("the broker stops"));
    }

    private void ForEachConnection(Action<ClientConnection> act)
    {
        ClientConnection[] connections;
        lock (_gate)
            connections = [.. _connections];

        foreach (ClientConnection connection in connections)
            act(connection);
    }
}
