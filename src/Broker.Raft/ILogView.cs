using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What the core needs to know of the replica's log: indexes and terms, never a payload. It shows the logical log,
/// that is what was appended, flushed or not. Called by the group's owner only; must not block.
/// </summary>
public interface ILogView
{
    /// <summary>
    /// The lowest index whose entry can still be read; <see cref="LastIndex"/> + 1 when there is none.
    /// </summary>
    LogIndex FirstIndex { get; }

    /// <summary>
    /// The index of the last entry; of the entry before the log's start when the log is empty; 0 in a new log.
    /// </summary>
    LogIndex LastIndex { get; }

    /// <summary>The term at <see cref="LastIndex"/>.</summary>
    Term LastTerm { get; }

    /// <summary>
    /// The term of the entry at an index; of the index before the first entry too (0 at index 0). Null where it is
    /// not known.
    /// </summary>
    Term? TermOf(LogIndex index);

    /// <summary>
    /// The largest index so that the frames of <paramref name="from"/>..it take at most <paramref name="maxBytes"/>:
    /// at least <paramref name="from"/> itself, at most <paramref name="last"/>. <paramref name="bytes"/> is what
    /// they take.
    /// </summary>
    LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes);

    /// <summary>
    /// The largest index at or below <paramref name="at"/> whose term is at most <paramref name="term"/>; the index
    /// before the log's first entry when there is none.
    /// </summary>
    LogIndex LastIndexAtOrBelowTerm(Term term, LogIndex at);
}
