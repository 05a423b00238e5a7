using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Broker.Simulation.Worlds;

/// <summary>
/// The runtime keeps every meter until it is disposed, and with it all that its gauges look at: a whole broker, which
/// here was killed before it could dispose anything.
/// </summary>
internal static class Meters
{
    /// <summary>Another world that runs beside this one measures nothing from here on, and misses nothing.</summary>
    public static void DisposeAll()
    {
        // A world on another thread may be making meters just now: they are told of on its thread.
        var found = new ConcurrentDictionary<Meter, bool>();
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Broker.", StringComparison.Ordinal))
                    found[instrument.Meter] = true;
            };
            listener.Start();
        }

        foreach (Meter meter in found.Keys)
            meter.Dispose();
    }
}
