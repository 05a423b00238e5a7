namespace Broker.Storage;

/// <summary>
/// What compaction keeps of a log. Storage knows entries only; whoever knows what is in them decides. One pass has one
/// policy, and calls it from one thread at a time: first <see cref="TryMap"/> for entries that no pass has seen, in
/// order, then <see cref="Clean"/> for these and all before them.
/// </summary>
public interface ICompactionPolicy
{
    /// <summary>
    /// Learns the keys of a data entry. False: there is no room for them. Then it must have learned none of them, and
    /// the pass ends before this entry.
    /// </summary>
    bool TryMap(in LogEntry entry);

    /// <summary>
    /// Judges a data entry. The entry is good during the call; a payload that replaces it until the next.
    /// </summary>
    /// <param name="entry">Mapped in this pass or in one before.</param>
    /// <param name="isLast">It is the last that was mapped: something has to be left of it.</param>
    CompactionVerdict Clean(in LogEntry entry, bool isLast);
}
