using System.Globalization;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Clusters;
using Broker.Simulation.Worlds.Replicas;

// simulate [--world replica|cluster|moves] SEED [--trace] [--seeds N]: N seeds from SEED on, one line for each.
int first = 1, count = 1;
bool trace = false;
string kind = "replica";
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--trace")
        trace = true;
    else if (args[i] == "--seeds")
        count = int.Parse(args[++i], CultureInfo.InvariantCulture);
    else if (args[i] == "--world")
        kind = args[++i];
    else
        first = int.Parse(args[i], CultureInfo.InvariantCulture);
}

int broken = 0;
for (int seed = first; seed < first + count; seed++)
{
    TextWriter? lines = trace ? Console.Out : null;
    World world = kind switch
    {
        "replica" => new ReplicaWorld(seed, WorldOptions.Default, lines),
        "cluster" => new ClusterWorld(seed, WorldOptions.Default, lines),
        "moves" => new ClusterWorld(seed, WorldOptions.Moving, lines),
        _ => throw new ArgumentException($"there is no world called {kind}"),
    };
    string? finding = world.Run();
    broken += finding is null ? 0 : 1;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}: {world.Queue.Trace.Hash:x16} {world.Queue.Executed} events, "
            + $"{world.Acknowledged} acknowledged: {finding ?? "ok"}"));
}

return broken == 0 ? 0 : 1;
