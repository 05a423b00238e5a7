using Broker.Raft.Tests.Worlds;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Broker.Simulation.Worlds.Replicas;

namespace Broker.Simulation.Running;

/// <summary>A kind of world that a seed can be played in, as the command line calls it.</summary>
/// <param name="Run">Plays a seed, and tells it line by line where a writer is given.</param>
public sealed record WorldKind(string Name, Func<int, TextWriter?, WorldOutcome> Run)
{
    public static readonly IReadOnlyList<WorldKind> All =
    [
        new("replica", (seed, lines) => WorldOutcome.Of(new ReplicaWorld(seed, WorldOptions.Default, lines))),
        new("relaxed", (seed, lines) => WorldOutcome.Of(new ReplicaWorld(seed, WorldOptions.Relaxed, lines))),
        new("cluster", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Default, lines))),
        new("losses", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Losing, lines))),
        new("groups", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Committing, lines))),
        new("configs", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Configuring, lines))),
        new("transactions", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Transacting, lines))),
        new("moves", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Moving, lines))),
        new("gone", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Gone, lines))),
        new("draining", (seed, lines) => WorldOutcome.Of(new ClusterWorld(seed, WorldOptions.Draining, lines))),
        new("raft", (seed, lines) => OfCores(WorldSetup.Draw(seed), lines)),
        new("raft-members", (seed, lines) => OfCores(WorldSetup.DrawMoving(seed), lines)),
        new("raft-sleep", (seed, lines) => OfCores(WorldSetup.DrawSleeping(seed), lines)),
        new("raft-relaxed", (seed, lines) => OfCores(WorldSetup.DrawRelaxed(seed), lines)),
    ];

    public static string Names => string.Join('|', All.Select(kind => kind.Name));

    private static WorldOutcome OfCores(WorldSetup setup, TextWriter? lines)
    {
        List<string>? trace = lines is null ? null : [];
        string? finding = SeedRun.Try(setup, trace);
        foreach (string line in trace ?? [])
            lines!.WriteLine(line);

        return new WorldOutcome(finding, "");
    }
}
