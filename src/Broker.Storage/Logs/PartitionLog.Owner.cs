using Broker.Model;

namespace Broker.Storage;

/// <content>What the owner does: it changes the log in memory, and the disk follows.</content>
public sealed partial class PartitionLog
{
    /// <summary>OWNER. The first entry that is there.</summary>
    public LogIndex FirstIndex => Locked(static state => state.FirstIndex);

    /// <summary>OWNER. The entry before the first: its term is still known.</summary>
    public LogIndex PreviousIndex => FirstIndex - 1;

    public Term PreviousTerm => Locked(static state => state.Epochs.Before);

    public LogIndex LastIndex => Locked(static state => state.LastIndex);

    public Term LastTerm => Locked(static state => state.LastTerm);

    /// <summary>Any thread. The offset that the next data entry takes.</summary>
    public Offset NextOffset => Locked(static state => state.NextOffset);

    /// <summary>Any thread. Nothing below this offset is served.</summary>
    public Offset LogStartOffset => Locked(static state => Offset.Max(state.LogStartOffset, state.FirstOffset));

    /// <summary>
    /// OWNER. The offset at which the first entry that is there stands: what clients see may begin later.
    /// </summary>
    public Offset FirstOffset => Locked(static state => state.FirstOffset);

    public LogIndex LogStartIndex => Locked(static state => LogIndex.Max(state.LogStartIndex, state.FirstIndex));

    /// <summary>Any thread. Up to here the log is flushed, as far as the disk loop has said.</summary>
    public LogIndex FlushedIndex => Locked(static state => state.Flushed);

    /// <summary>
    /// Any thread. Up to here the log was compacted: whoever lacks an entry at or below it can't be sent it.
    /// </summary>
    public LogIndex CleanedIndex => Locked(static state => state.Cleaned);

    /// <summary>Any thread. Up to here the files hold the log, flushed or not.</summary>
    public LogIndex WrittenIndex => Locked(static state => state.Written);

    /// <summary>OWNER. What an entry that is framed now says of this replica's disk.</summary>
    public WriterMark Mark => new(_writerTag, FlushedIndex);

    /// <summary>OWNER. A base for a replica that is to have what this log has.</summary>
    public LogBase BaseWith(LogCheckpoint checkpoint)
    {
        lock (_state.Gate)
        {
            return new LogBase(
                _state.FirstIndex - 1, _state.Epochs.Before, _state.FirstOffset,
                LogIndex.Max(_state.LogStartIndex, _state.FirstIndex),
                Offset.Max(_state.LogStartOffset, _state.FirstOffset),
                checkpoint);
        }
    }

    /// <summary>
    /// OWNER. How often the log was truncated. Whoever decides now what to read later hands it to
    /// <see cref="ReadFrames"/>, which then refuses if the log is no longer the same.
    /// </summary>
    public int Truncations => Locked(static state => state.Truncations);

    /// <summary>Any thread. The term of an entry, or of the one before the first; null beyond.</summary>
    public Term? TermOf(LogIndex index)
    {
        lock (_state.Gate)
            return _state.TermOf(index);
    }

    /// <summary>Any thread. The term in which an offset was written.</summary>
    public Term TermOf(Offset offset)
    {
        lock (_state.Gate)
            return _state.Epochs.TermOf(offset);
    }

    /// <summary>OWNER. The first entry of the term of an entry; not below the first that is there.</summary>
    public LogIndex FirstIndexOfTermAt(LogIndex index)
    {
        lock (_state.Gate)
            return _state.Epochs.FirstIndexOfTermAt(index, _state.FirstIndex);
    }

    /// <summary>
    /// OWNER. The last entry at or below <paramref name="at"/> with a term of at most <paramref name="term"/>; the one
    /// before the first if there is none.
    /// </summary>
    public LogIndex LastIndexAtOrBelowTerm(Term term, LogIndex at)
    {
        lock (_state.Gate)
        {
            at = LogIndex.Min(at, _state.LastIndex);
            return _state.Epochs.LastIndexAtOrBelowTerm(term, at, _state.FirstIndex);
        }
    }

    /// <summary>
    /// Any thread. Where a term ends, as OffsetForLeaderEpoch has it: the greatest term at or below the one asked for,
    /// and the offset at which the next one begins (the log's end for the last). Null for a term that is above all.
    /// </summary>
    public (Term Term, Offset End)? EndOffsetForTerm(Term term)
    {
        lock (_state.Gate)
            return _state.Epochs.EndOffsetFor(term, _state.NextOffset);
    }

    /// <summary>
    /// OWNER. The last entry so that the frames from <paramref name="from"/> to it, and not beyond
    /// <paramref name="last"/>, fit into so many bytes; at least one. Beyond memory it goes by the sparse index, so
    /// that less may fit than does, and the bytes are rather too many.
    /// </summary>
    public LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes)
    {
        lock (_state.Gate)
        {
            last = LogIndex.Min(last, _state.LastIndex);
            return _state.Tail.Contains(from)
                ? _state.Tail.LastIndexWithin(from, last, maxBytes, out bytes)
                : _state.LastIndexInFiles(from, last, maxBytes, out bytes);
        }
    }

    /// <summary>
    /// OWNER. An entry at or before the one that holds an offset, as near as memory knows it: nothing from the offset
    /// on stands before it.
    /// </summary>
    public LogIndex FloorOf(Offset offset)
    {
        lock (_state.Gate)
        {
            if (_state.SegmentOf(offset) is not { } segment)
                return _state.FirstIndex;
            int floor = segment.Index?.FloorByOffset(offset) ?? -1;
            return floor >= 0 ? segment.Index![floor].Index : segment.FirstIndex;
        }
    }

    /// <summary>
    /// Any thread. Whether a checkpoint is one of this log: what it tells is committed, so it may lie ahead of a log
    /// that begins anew, or that lost its tail to a power cut.
    /// </summary>
    public bool Fits(LogCheckpoint checkpoint) =>
        checkpoint.Index > LastIndex || TermOf(checkpoint.Index) == checkpoint.Term;

    /// <summary>OWNER. Appends an entry that follows on. The log retains its buffer.</summary>
    public void Append(in LogEntry entry)
    {
        TailCacheBudget budget = _resources.TailCache;
        long stamp = budget.NextStamp(entry.Length);
        bool isExceeded;
        lock (_state.Gate)
        {
            _state.Append(entry, stamp);
            isExceeded = budget.IsExceeded;
            if (isExceeded)
                _state.DropFromTail(budget.Horizon);
        }

        if (isExceeded && budget.IsExceeded)
            budget.Sweep();
    }

    /// <summary>
    /// OWNER. Takes away the entries from <paramref name="index"/> on. At once for everybody who asks; the files follow
    /// with the next disk round, before anything else is written.
    /// </summary>
    /// <param name="index">The first entry that goes.</param>
    /// <param name="nextOffset">
    /// The offset at which it stands, and its replacement will: the log need not be in memory to be truncated, and
    /// whoever sends other entries says where they stand.
    /// </param>
    public void TruncateFrom(LogIndex index, Offset nextOffset)
    {
        lock (_state.Gate)
            _state.TruncateFrom(index, nextOffset);
    }

    /// <summary>
    /// OWNER. A log-start entry is committed: nothing below is served any more, and whole segments below may be
    /// deleted. Never goes back.
    /// </summary>
    /// <param name="index">The first entry that must be kept.</param>
    /// <param name="offset">
    /// The first offset that is served: it may stand in the midst of a batch, and of what is kept.
    /// </param>
    public void SetLogStart(LogIndex index, Offset offset)
    {
        lock (_state.Gate)
        {
            _state.LogStartIndex = LogIndex.Max(_state.LogStartIndex, index);
            _state.LogStartOffset = Offset.Max(_state.LogStartOffset, offset);
        }

        _resources.Journal.RecordLogStart(Group, index, offset);
        _hasNewStart = true;
    }

    private T Locked<T>(Func<LogState, T> read)
    {
        lock (_state.Gate)
            return read(_state);
    }
}
