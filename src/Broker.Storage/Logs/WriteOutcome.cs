using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What a round wrote. Once it is flushed, the log is durable up to (LastIndex, LastTerm). Both are needed: what was
/// truncated meanwhile has the index but not the term.
/// </summary>
public readonly record struct WriteOutcome
{
    public required WriteStatus Status { get; init; }

    /// <summary>The last entry that the files hold.</summary>
    public required LogIndex LastIndex { get; init; }

    public required Term LastTerm { get; init; }

    /// <summary>Bytes written in this round.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether a flush is due: hand the log to <see cref="PartitionLog.CollectDirty"/>.</summary>
    public required bool NeedsFlush { get; init; }

    /// <summary>Whether entries are left that a further round should write at once.</summary>
    public required bool HasMore { get; init; }

    /// <summary>What went wrong, if something did.</summary>
    public StorageException? Error { get; init; }
}
