using System.Globalization;

namespace Broker.Simulation.Time;

/// <summary>
/// What happened: always as a running hash over every event, and, when asked for, as lines to read. Two runs of a seed
/// are the same run if their hashes are.
/// </summary>
public sealed class Trace(TextWriter? lines)
{
    private const ulong Prime = 1099511628211;

    public ulong Hash { get; private set; } = 14695981039346656037;

    public bool IsOn => lines is not null;

    public void Mix(long value)
    {
        unchecked
        {
            ulong mixed = (Hash ^ (ulong)value) * Prime;
            Hash = mixed ^ (mixed >> 29);
        }
    }

    public void Mix(string text)
    {
        foreach (char letter in text)
            Mix(letter);
    }

    /// <summary>A line for the reader, which must not change anything: formatting happens only when it is on.</summary>
    public void Note(long now, string who, string what)
    {
        if (lines is null)
            return;

        double time = TimeSpan.FromTicks(now).TotalMilliseconds;
        lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time,11:F3}  {who,-9} {what}"));
    }
}
