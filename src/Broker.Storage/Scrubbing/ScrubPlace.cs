namespace Broker.Storage;

/// <summary>
/// How far a scrub of one log has come. Made once for every pass over it, and used by one caller at a time; holds no
/// file open.
/// </summary>
public sealed class ScrubPlace
{
    /// <summary>Nothing is left to be read in this pass.</summary>
    public bool IsAtEnd { get; internal set; }

    /// <summary>What is being read; null before the first step.</summary>
    internal Segment? Segment { get; set; }

    /// <summary>The first frame of it that was not checked yet.</summary>
    internal IndexRecord At { get; set; }

    /// <summary>How often the log had been truncated then: frames may begin elsewhere since.</summary>
    internal int Truncations { get; set; }
}
