using System.Diagnostics;
using System.Globalization;

namespace Broker.Simulation.Running;

/// <summary>
/// Plays seed after seed until the time is over, on several threads, and always the world that has had least of the
/// time so far.
/// </summary>
public sealed class Soak(SimulationOptions options, TextWriter output)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private readonly Lap[] _laps = [.. options.Worlds.Select(kind => new Lap(kind, options.First))];
    private TimeSpan _told;

    /// <summary>How many seeds broke something.</summary>
    public int Run(CancellationToken stop)
    {
        _clock.Start();
        Thread[] threads = [.. Enumerable.Range(0, options.Threads).Select(_ => new Thread(() => Play(stop)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Tell("ended after");
        return _laps.Sum(lap => lap.Broken);
    }

    private void Play(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _clock.Elapsed < options.Time)
        {
            (Lap lap, int seed) = Begin();
            long began = Stopwatch.GetTimestamp();
            WorldOutcome outcome = Play(lap.Kind, seed);
            End(lap, seed, outcome, Stopwatch.GetElapsedTime(began));
        }
    }

    // A world that falls over is a finding like any other, and the seeds after it are played all the same.
    private static WorldOutcome Play(WorldKind kind, int seed)
    {
        try
        {
            return kind.Run(seed, null);
        }
        catch (Exception broken)
        {
            return new WorldOutcome(broken.ToString(), "");
        }
    }

    private (Lap Lap, int Seed) Begin()
    {
        lock (_gate)
        {
            Lap lap = _laps.MinBy(each => each.Time)!;
            return (lap, lap.Next++);
        }
    }

    private void End(Lap lap, int seed, WorldOutcome outcome, TimeSpan took)
    {
        lock (_gate)
        {
            lap.Played++;
            lap.Spent += took;
            if (outcome.Finding is { } finding)
            {
                lap.Broken++;
                output.WriteLine($"FOUND in {lap.Kind.Name} {seed}: {finding.Split('\n')[0]}");
                output.WriteLine($"   scripts/simulate --world {lap.Kind.Name} {seed} --trace");
            }

            if (_clock.Elapsed - _told >= Pause)
            {
                _told = _clock.Elapsed;
                Tell("after");
            }
        }
    }

    private void Tell(string when)
    {
        IEnumerable<string> laps = _laps.Select(lap => string.Create(
            CultureInfo.InvariantCulture,
            $"{lap.Kind.Name} {lap.Played} seeds from {lap.First} on in {lap.Spent.TotalSeconds:F0} s"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{when} {_clock.Elapsed:hh\\:mm\\:ss}: {_laps.Sum(lap => lap.Played)} seeds, "
                + $"{_laps.Sum(lap => lap.Broken)} broke something ({string.Join(", ", laps)})"));
        output.Flush();
    }

    private sealed class Lap(WorldKind kind, int first)
    {
        private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(1);

        public WorldKind Kind { get; } = kind;

        public int First { get; } = first;

        public int Next { get; set; } = first;

        public int Played { get; set; }

        public int Broken { get; set; }

        /// <summary>What its seeds took that are over.</summary>
        public TimeSpan Spent { get; set; }

        /// <summary>The same, with what those under way will take, as far as one can tell.</summary>
        public TimeSpan Time => Spent + ((Next - First - Played) * (Played == 0 ? FirstGuess : Spent / Played));
    }
}
