using System.Globalization;
using Broker.Simulation.Worlds;

namespace Broker.Simulation.Running;

/// <summary>What came of a seed.</summary>
/// <param name="Finding">What was found wrong; null for nothing.</param>
/// <param name="Story">What tells two runs of a seed apart; empty where only the finding does.</param>
public readonly record struct WorldOutcome(string? Finding, string Story)
{
    public static WorldOutcome Of(World world)
    {
        string? finding = world.Run();
        return new WorldOutcome(finding, string.Create(
            CultureInfo.InvariantCulture,
            $"{world.Queue.Trace.Hash:x16} {world.Queue.Executed} events, {world.Acknowledged} acknowledged: "));
    }

    public override string ToString() => Story + (Finding ?? "ok");
}
