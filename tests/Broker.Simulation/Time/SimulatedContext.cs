namespace Broker.Simulation.Time;

/// <summary>Brings every continuation of a process's awaits into the one queue.</summary>
internal sealed class SimulatedContext(EventQueue queue, Life life) : SynchronizationContext
{
    private const int LongestDelay = 200;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // The finalizer of a timer wakes whoever waits for it; here that is a process that is no more.
        if (queue.IsElsewhere && (queue.IsOver || !life.IsAlive))
            return;

        queue.After(queue.Draw(1, LongestDelay), life, "continues", () => d(state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
