using System.Globalization;
using Broker.Simulation.Worlds;
using Broker.Simulation.Worlds.Replicas;

// simulate SEED [--trace] [--seeds N]: N seeds from SEED on, one line for each.
int first = 1, count = 1;
bool trace = false;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--trace")
        trace = true;
    else if (args[i] == "--seeds")
        count = int.Parse(args[++i], CultureInfo.InvariantCulture);
    else
        first = int.Parse(args[i], CultureInfo.InvariantCulture);
}

int broken = 0;
for (int seed = first; seed < first + count; seed++)
{
    var world = new ReplicaWorld(seed, WorldOptions.Default, trace ? Console.Out : null);
    string? finding = world.Run();
    broken += finding is null ? 0 : 1;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}: {world.Queue.Trace.Hash:x16} {world.Queue.Executed} events, "
            + $"{world.Clients.Acknowledged} acknowledged: {finding ?? "ok"}"));
}

return broken == 0 ? 0 : 1;
