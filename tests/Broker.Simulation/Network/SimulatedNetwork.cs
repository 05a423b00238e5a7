using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

/// <summary>
/// The wires between brokers, and what can happen to them: delay, a link cut in one direction or both (silence, until
/// it is mended), connections reset, a machine that is off (silence) or up without the process (refused).
/// </summary>
public sealed class SimulatedNetwork(EventQueue queue)
{
    private readonly SortedDictionary<BrokerId, SimulatedListener> _listeners = [];
    private readonly SortedSet<(BrokerId From, BrokerId To)> _cut = [];
    private readonly SortedSet<BrokerId> _off = [];
    private readonly List<SimulatedConnection> _ends = [];

    public EventQueue Queue => queue;

    /// <summary>The usual delay in ticks; now and then ten times as much.</summary>
    public long Delay { get; set; } = 3000;

    /// <summary>Hears of every frame as it leaves a broker.</summary>
    public Action<BrokerId, BrokerId, byte[]>? FrameSent { get; set; }

    /// <summary>The network as one process sees it.</summary>
    public IPeerNetwork For(BrokerId broker, Life life) => new Seat(this, broker, life);

    public static HostAndPort AddressOf(BrokerId broker) => new($"broker-{broker}", 9000 + broker.Value);

    public bool IsCut(BrokerId from, BrokerId to) => _cut.Contains((from, to));

    public void Cut(BrokerId from, BrokerId to) => _cut.Add((from, to));

    public void Mend(BrokerId from, BrokerId to)
    {
        if (!_cut.Remove((from, to)))
            return;

        foreach (SimulatedConnection end in _ends.ToList())
        {
            if (end.Local == from)
                end.Out.Schedule();
        }
    }

    public void MendAll()
    {
        foreach ((BrokerId from, BrokerId to) in _cut.ToList())
            Mend(from, to);
    }

    /// <summary>Every connection of a broker breaks; what is under way on them is lost.</summary>
    public void Reset(BrokerId broker)
    {
        foreach (SimulatedConnection end in _ends.Where(end => end.Local == broker).ToList())
        {
            SimulatedConnection other = end.Out.To;
            end.Out.Lose();
            other.Out.Lose();
            end.Break();
            other.Break();
        }
    }

    public void PowerOff(BrokerId broker)
    {
        _off.Add(broker);
        _listeners.Remove(broker);
        _ends.RemoveAll(end => end.Local == broker);
    }

    public void PowerOn(BrokerId broker) => _off.Remove(broker);

    /// <summary>
    /// The process is gone, its machine is not: the kernel ends its connections and refuses new ones.
    /// </summary>
    public void ProcessGone(BrokerId broker)
    {
        _listeners.Remove(broker);
        foreach (SimulatedConnection end in _ends.Where(end => end.Local == broker).ToList())
            end.Abort(losesWhatIsUnderway: queue.Chance(0.5));
        _ends.RemoveAll(end => end.Local == broker);
    }

    internal long DrawDelay(BrokerId from, BrokerId to)
    {
        long delay = queue.Draw(Delay / 4, Delay * 2);
        return queue.Chance(0.02) ? delay * 10 : delay;
    }

    internal void Sends(BrokerId from, BrokerId to, byte[] frame)
    {
        queue.Trace.Mix(Crc32C.Compute(frame));
        FrameSent?.Invoke(from, to, frame);
    }

    internal void Arrived(Direction direction, in Direction.Packet packet)
    {
        SimulatedConnection end = direction.To;
        if (_off.Contains(end.Local))
            return;

        if (end.Life.IsAlive && !end.IsDisposed)
            end.Receive(packet);
        else if (!packet.IsReset)
            end.Out.Send(null, isReset: true);
    }

    internal void Closed(SimulatedListener listener)
    {
        BrokerId broker = _listeners.FirstOrDefault(known => known.Value == listener).Key;
        if (_listeners.TryGetValue(broker, out SimulatedListener? known) && known == listener)
            _listeners.Remove(broker);
    }

    private SimulatedListener Listen(BrokerId broker, Life life, HostAndPort bind)
    {
        var listener = new SimulatedListener(this, life, bind);
        _listeners[broker] = listener;
        return listener;
    }

    private async ValueTask<IPeerConnection> ConnectAsync(
        BrokerId from, Life life, HostAndPort address, CancellationToken token)
    {
        var to = new BrokerId(address.Port - 9000);
        var answer = new TaskCompletionSource<IPeerConnection>();
        long roundTrip = DrawDelay(from, to) + DrawDelay(to, from);
        queue.After(roundTrip, queue.World, "connect", () => Answer(from, life, to, answer));
        return await answer.Task.WaitAsync(token);
    }

    // Nobody answers where a link is cut or the machine is off: the caller gives up in its own time.
    private void Answer(BrokerId from, Life life, BrokerId to, TaskCompletionSource<IPeerConnection> answer)
    {
        if (IsCut(from, to) || IsCut(to, from) || _off.Contains(to) || !life.IsAlive)
            return;

        if (!_listeners.TryGetValue(to, out SimulatedListener? listener))
        {
            answer.TrySetException(
                new PeerConnectionException(PeerConnectionError.Refused, $"{AddressOf(to)}: refused"));
            return;
        }

        var near = new SimulatedConnection(this, life, from, to);
        var far = new SimulatedConnection(this, listener.Life, to, from);
        near.Out = new Direction(this, near, far);
        far.Out = new Direction(this, far, near);
        _ends.RemoveAll(end => end.IsBroken && end.Out.BytesUnderway == 0);
        _ends.Add(near);
        _ends.Add(far);
        listener.Add(far);
        answer.TrySetResult(near);
    }

    private sealed class Seat(SimulatedNetwork network, BrokerId broker, Life life) : IPeerNetwork
    {
        public ValueTask<IPeerConnection> ConnectAsync(HostAndPort address, CancellationToken token) =>
            network.ConnectAsync(broker, life, address, token);

        public IPeerListener Listen(HostAndPort bind) => network.Listen(broker, life, bind);
    }
}
