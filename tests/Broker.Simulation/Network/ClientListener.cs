using Broker.Model;
using Broker.Server.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

internal sealed class ClientListener(ClientNetwork network, BrokerId broker, Life life) : IClientListener
{
    private readonly Queue<ClientEnd> _backlog = new();
    private TaskCompletionSource? _waiting;
    private bool _isDisposed;

    public BrokerId Broker => broker;

    public Life Life => life;

    public HostAndPort BoundAddress => ClientNetwork.AddressOf(broker);

    public void Add(ClientEnd end)
    {
        _backlog.Enqueue(end);
        _waiting?.TrySetResult();
    }

    public async ValueTask<IClientTransport?> AcceptAsync()
    {
        while (!_isDisposed && _backlog.Count == 0)
        {
            _waiting = new TaskCompletionSource();
            await _waiting.Task;
        }

        return _isDisposed ? null : _backlog.Dequeue();
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        network.Closed(this);
        foreach (ClientEnd end in _backlog)
            end.Abort();
        _waiting?.TrySetResult();
    }
}
