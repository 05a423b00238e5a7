namespace Broker.Storage;

/// <summary>How a read of a log went.</summary>
public enum ReadOutcome
{
    /// <summary>What was there and fitted was returned; it may be nothing.</summary>
    Ok,

    /// <summary>It begins below the log's start: deleted.</summary>
    BelowStart,

    /// <summary>It begins beyond the log's end.</summary>
    AboveEnd,

    /// <summary>Memory alone was asked, and it does not hold all of it.</summary>
    NotInMemory,

    /// <summary>The log was truncated since the caller decided what to read.</summary>
    Truncated,

    /// <summary>
    /// The bytes on disk are damaged. The log is quarantined now; see <see cref="PartitionLog.Damage"/>.
    /// </summary>
    Damaged,
}
