using Broker.Model;
using Broker.Server.Network;
using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

/// <summary>
/// The wires between clients and brokers: delay, a broker that a client gets no sound out of, connections reset,
/// a process that is gone (refused) or a machine that is off (silence).
/// </summary>
public sealed class ClientNetwork(EventQueue queue)
{
    private readonly SortedDictionary<BrokerId, ClientListener> _listeners = [];
    private readonly SortedSet<BrokerId> _off = [];
    private readonly SortedSet<(string Client, BrokerId Broker)> _cut = [];
    private readonly List<ClientEnd> _brokerEnds = [];

    public EventQueue Queue => queue;

    /// <summary>The usual delay in ticks; now and then ten times as much.</summary>
    public long Delay { get; set; } = 3000;

    public static HostAndPort AddressOf(BrokerId broker) => new($"broker-{broker}", 9092);

    public IClientListener Listen(BrokerId broker, Life life)
    {
        var listener = new ClientListener(this, broker, life);
        _listeners[broker] = listener;
        return listener;
    }

    /// <summary>A connection, as the client's process has it.</summary>
    /// <exception cref="ClientLostException">Refused. Where nobody answers, it never ends.</exception>
    internal async Task<ClientEnd> ConnectAsync(string client, Life life, BrokerId broker)
    {
        var answer = new TaskCompletionSource<ClientEnd>();
        queue.After(2 * DrawDelay(), queue.World, "client connects", () => Answer(client, life, broker, answer));
        return await answer.Task;
    }

    public void Cut(string client, BrokerId broker) => _cut.Add((client, broker));

    public void MendAll()
    {
        _cut.Clear();
        foreach (ClientEnd end in _brokerEnds.ToList())
        {
            end.Carry();
            end.Other.Carry();
        }
    }

    public void Reset(BrokerId broker)
    {
        foreach (ClientEnd end in EndsOf(broker))
        {
            end.Break();
            end.Other.Break();
        }
    }

    public void PowerOff(BrokerId broker)
    {
        _off.Add(broker);
        _listeners.Remove(broker);
        _brokerEnds.RemoveAll(end => end.Broker == broker);
    }

    public void PowerOn(BrokerId broker) => _off.Remove(broker);

    /// <summary>The kernel ends its connections and refuses new ones.</summary>
    public void ProcessGone(BrokerId broker)
    {
        _listeners.Remove(broker);
        foreach (ClientEnd end in EndsOf(broker))
            end.Abort();
        _brokerEnds.RemoveAll(end => end.Broker == broker);
    }

    internal bool IsCut(ClientEnd end) => _cut.Contains((end.Client, end.Broker));

    internal bool IsOff(ClientEnd to) => to.IsBroker && _off.Contains(to.Broker);

    internal long DrawDelay()
    {
        long delay = queue.Draw(Delay / 4, Delay * 2);
        return queue.Chance(0.02) ? delay * 10 : delay;
    }

    internal void Closed(ClientListener listener)
    {
        if (_listeners.TryGetValue(listener.Broker, out ClientListener? known) && known == listener)
            _listeners.Remove(listener.Broker);
    }

    private List<ClientEnd> EndsOf(BrokerId broker) => [.. _brokerEnds.Where(end => end.Broker == broker)];

    private void Answer(string client, Life life, BrokerId broker, TaskCompletionSource<ClientEnd> answer)
    {
        if (_cut.Contains((client, broker)) || _off.Contains(broker))
            return;

        if (!_listeners.TryGetValue(broker, out ClientListener? listener))
        {
            answer.TrySetException(new ClientLostException($"broker {broker} refuses connections"));
            return;
        }

        var near = new ClientEnd(this, client, broker, life, isBroker: false);
        var far = new ClientEnd(this, client, broker, listener.Life, isBroker: true);
        (near.Other, far.Other) = (far, near);
        _brokerEnds.RemoveAll(end => end.IsBroken);
        _brokerEnds.Add(far);
        listener.Add(far);
        answer.TrySetResult(near);
    }
}
