using Broker.Simulation.Running;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(SimulationOptions.Usage);
    return 0;
}

SimulationOptions options;
try
{
    options = SimulationOptions.Parse(args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"simulate: {wrong.Message}");
    Console.Error.WriteLine(SimulationOptions.Usage);
    return 2;
}

if (options.Time is not null)
{
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        stop.Cancel();
    };
    return new Soak(options, Console.Out).Run(stop.Token) == 0 ? 0 : 1;
}

int broken = 0;
foreach (WorldKind kind in options.Worlds)
{
    for (int seed = options.First; seed < options.First + options.Seeds; seed++)
    {
        WorldOutcome outcome = kind.Run(seed, options.Trace ? Console.Out : null);
        broken += outcome.Finding is null ? 0 : 1;
        Console.WriteLine($"seed {seed}: {outcome}");
    }
}

return broken == 0 ? 0 : 1;
