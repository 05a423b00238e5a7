using Broker.Simulation.Time;

namespace Broker.Simulation.Network;

/// <summary>
/// One way of a connection: what was sent arrives in order, later or, once the connection is broken, never. A cut link
/// holds it back, as TCP does, until it is mended.
/// </summary>
internal sealed class Direction(SimulatedNetwork network, SimulatedConnection from, SimulatedConnection to)
{
    private readonly Queue<Packet> _underway = new();
    private bool _isScheduled;

    public readonly record struct Packet(long Due, byte[]? Frame, bool IsReset);

    public long BytesUnderway { get; private set; }

    public SimulatedConnection To => to;

    public void Send(byte[]? frame, bool isReset)
    {
        long due = network.Queue.Now + network.DrawDelay(from.Local, to.Local);
        _underway.Enqueue(new Packet(due, frame, isReset));
        BytesUnderway += frame?.Length ?? 0;
        Schedule();
    }

    /// <summary>What is under way is lost.</summary>
    public void Lose()
    {
        _underway.Clear();
        BytesUnderway = 0;
    }

    public void Schedule()
    {
        if (_isScheduled || _underway.Count == 0 || network.IsCut(from.Local, to.Local))
            return;

        _isScheduled = true;
        long delay = Math.Max(0, _underway.Peek().Due - network.Queue.Now);
        network.Queue.After(delay, network.Queue.World, "packet", Deliver);
    }

    private void Deliver()
    {
        _isScheduled = false;
        if (_underway.Count == 0 || network.IsCut(from.Local, to.Local))
            return;

        Packet packet = _underway.Dequeue();
        BytesUnderway -= packet.Frame?.Length ?? 0;
        network.Arrived(this, packet);
        from.Sent();
        Schedule();
    }
}
