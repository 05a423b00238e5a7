namespace Broker.Simulation.Disks;

/// <summary>
/// A bit of a file that decayed, and in which of the file's contents it still is. What is written over it, or cut off,
/// is well again, whatever stands there then: by chance that may look as the decay did.
/// </summary>
internal sealed class Decay(long position)
{
    /// <summary>Readers meet it.</summary>
    public bool IsSeen { get; set; } = true;

    /// <summary>A crash brings it back.</summary>
    public bool IsDurable { get; set; }

    /// <summary>It stood behind an end that was cut, and the cut may come undone.</summary>
    public bool IsBehindCut { get; set; }

    public bool IsWithin(long from, long to) => position >= from && position < to;
}
