namespace Broker.Storage;

/// <summary>
/// A cleaned segment that is written and flushed under a name that does not count yet. Belongs to whoever got it, until
/// it is adopted or discarded.
/// </summary>
public sealed class CompactedSegment
{
    /// <summary>Stands behind the name of a file that does not count.</summary>
    internal const string Unfinished = ".new";

    internal CompactedSegment(Segment segment, IReadOnlyList<Segment> sources)
    {
        Segment = segment;
        Sources = sources;
    }

    internal Segment Segment { get; }

    /// <summary>What it stands for: neighbours in the log, in order.</summary>
    internal IReadOnlyList<Segment> Sources { get; }

    internal string UnfinishedPath => Segment.Path + Unfinished;
}
