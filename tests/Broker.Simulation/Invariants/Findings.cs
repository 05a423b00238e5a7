using Broker.Simulation.Time;

namespace Broker.Simulation.Invariants;

/// <summary>
/// Remembers the first broken promise. It is not thrown: the code under test would catch it, or take it for a fault.
/// </summary>
public sealed class Findings(EventQueue queue)
{
    public string? First { get; private set; }

    public void Add(string what)
    {
        queue.Trace.Note(queue.Now, "BROKEN", what);
        First ??= $"{what} (at {TimeSpan.FromTicks(queue.Now).TotalMilliseconds:F1} ms, event {queue.Executed})";
    }
}
