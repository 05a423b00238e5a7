using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

internal sealed class SimulatedListener(SimulatedNetwork network, Life life, HostAndPort address) : IPeerListener
{
    private readonly Queue<SimulatedConnection> _backlog = new();
    private TaskCompletionSource? _waiting;

    public HostAndPort Address => address;

    public Life Life => life;

    public bool IsOpen { get; private set; } = true;

    public void Add(SimulatedConnection connection)
    {
        _backlog.Enqueue(connection);
        _waiting?.TrySetResult();
    }

    public async ValueTask<IPeerConnection?> AcceptAsync(CancellationToken token)
    {
        while (IsOpen && _backlog.Count == 0)
        {
            _waiting = new TaskCompletionSource();
            await _waiting.Task.WaitAsync(token);
        }

        return IsOpen ? _backlog.Dequeue() : null;
    }

    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        network.Closed(this);
        _waiting?.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
