using System.Globalization;

namespace Broker.Simulation.Running;

/// <summary>What the command line asks for.</summary>
public sealed record SimulationOptions
{
    public static readonly string Usage = $"""
        usage: scripts/simulate [--world {WorldKind.Names}] SEED [--trace] [--seeds N]
               scripts/simulate --hours H [--first SEED] [--world NAME]... [--threads N]

          SEED         plays this seed: one line with the hash of all that happened, and what was found
          --world      replica (if none is named): the replication side of three brokers; relaxed: the same with
                       relaxed groups; cluster: whole brokers, and clients; losses: their disks lose what they had;
                       groups: offsets are committed and fetched; configs: topics' configs are changed; moves: four
                       of them, and replicas that move; gone: one of the four goes for good; raft, raft-members,
                       raft-sleep, raft-relaxed: the consensus core alone, with members that change, with groups that
                       sleep, with relaxed ones
          --trace      tells everything that happens, to be read
          --seeds N    plays N seeds from SEED on
          --hours H    a soak: plays seed after seed of every world (or of those named) for so long, each world for an
                       equal share of the time; says once a minute how far it is. Ctrl-C ends it with the totals.
          --first      the first seed of each world in a soak (1000000)
          --threads    so many worlds beside each other in a soak (all cores)

        Ends with 1 if anything was found, with 2 if this is not what it was asked for.
        """;

    public IReadOnlyList<WorldKind> Worlds { get; init; } = [];

    public int First { get; init; } = 1;

    public int Seeds { get; init; } = 1;

    public bool Trace { get; init; }

    /// <summary>Null: no soak.</summary>
    public TimeSpan? Time { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <exception cref="FormatException">It is not to be understood; the message says why.</exception>
    public static SimulationOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SimulationOptions { First = -1 };
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            string Value() => i + 1 < arguments.Count
                ? arguments[++i] : throw new FormatException($"{name} needs a value");
            options = name switch
            {
                "--trace" => options with { Trace = true },
                "--seeds" => options with { Seeds = Number(name, Value(), 1) },
                "--world" => options with { Worlds = [.. options.Worlds, Kind(Value())] },
                "--hours" => options with { Time = Hours(Value()) },
                "--threads" => options with { Threads = Number(name, Value(), 1) },
                "--first" => options with { First = Number(name, Value(), 0) },
                _ => options with { First = Number("a seed", name, 0) },
            };
        }

        return options.Complete();
    }

    private static WorldKind Kind(string name) => WorldKind.All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new FormatException($"there is no world called '{name}'; there are {WorldKind.Names}");

    private static int Number(string name, string text, int least) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= least
            ? value
            : throw new FormatException($"'{text}' is no value for {name}: a whole number from {least} on");

    private static TimeSpan Hours(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double hours) && hours is > 0 and < 10_000
            ? TimeSpan.FromHours(hours)
            : throw new FormatException($"'{text}' is no value for --hours: a number above 0");

    private SimulationOptions Complete()
    {
        if (Time is not null && (Trace || Seeds != 1))
            throw new FormatException("--hours goes neither with --trace nor with --seeds");

        bool isSoak = Time is not null;
        return this with
        {
            First = First >= 0 ? First : isSoak ? 1_000_000 : 1,
            Worlds = Worlds.Count > 0 ? Worlds : isSoak ? WorldKind.All : [WorldKind.All[0]],
        };
    }
}
