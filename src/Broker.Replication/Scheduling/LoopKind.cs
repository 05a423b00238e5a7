namespace Broker.Replication;

/// <summary>Where a loop's rounds run.</summary>
public enum LoopKind
{
    /// <summary>A work item of the shared thread pool: rounds compute and never block.</summary>
    Pool,

    /// <summary>A thread of its own: rounds may block on files.</summary>
    Disk,
}
