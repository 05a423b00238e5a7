namespace Broker.Simulation.Disks;

/// <summary>
/// The machine lost its power in the middle of this operation. Nothing of ours catches it but the world.
/// </summary>
public sealed class DiskCrashedException() : Exception("the simulated machine has no power");
