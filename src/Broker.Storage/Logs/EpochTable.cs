using Broker.Model;

namespace Broker.Storage;

/// <summary>Where each term of a log begins. Guarded by the log's gate.</summary>
internal sealed class EpochTable
{
    private readonly List<Epoch> _epochs = [];

    /// <summary>The term of the entry before the log's first.</summary>
    public Term Before { get; private set; }

    public IReadOnlyList<Epoch> All => _epochs;

    public Term Last => _epochs.Count > 0 ? _epochs[^1].Term : Before;

    public void Reset(Term before, IEnumerable<Epoch> epochs)
    {
        Before = before;
        _epochs.Clear();
        _epochs.AddRange(epochs);
    }

    public void Append(Term term, LogIndex index, Offset offset)
    {
        if (_epochs.Count == 0 || term > _epochs[^1].Term)
            _epochs.Add(new Epoch(term, index, offset));
    }

    public void TruncateFrom(LogIndex index)
    {
        while (_epochs.Count > 0 && _epochs[^1].FirstIndex >= index)
            _epochs.RemoveAt(_epochs.Count - 1);
    }

    /// <summary>The log now begins at <paramref name="first"/>: forgets the terms that ended before it.</summary>
    public void TrimFront(LogIndex first, Term before)
    {
        Before = before;
        int ended = 0;
        while (ended + 1 < _epochs.Count && _epochs[ended + 1].FirstIndex <= first)
            ended++;
        _epochs.RemoveRange(0, ended);
    }

    /// <summary>The term of an entry that is in the log.</summary>
    public Term TermOf(LogIndex index)
    {
        int at = LastWhere(static (epoch, key) => epoch.FirstIndex.Value <= key, index.Value);
        return at >= 0 ? _epochs[at].Term : Before;
    }

    /// <summary>The term in which an offset was written.</summary>
    public Term TermOf(Offset offset)
    {
        int at = LastWhere(static (epoch, key) => epoch.FirstOffset.Value <= key, offset.Value);
        return at >= 0 ? _epochs[at].Term : Before;
    }

    /// <summary>Where the term of an entry begins.</summary>
    public LogIndex FirstIndexOfTermAt(LogIndex index, LogIndex first)
    {
        int at = LastWhere(static (epoch, key) => epoch.FirstIndex.Value <= key, index.Value);
        return at >= 0 ? LogIndex.Max(_epochs[at].FirstIndex, first) : first;
    }

    /// <summary>
    /// The last index at or below <paramref name="at"/> whose term is at most <paramref name="term"/>.
    /// </summary>
    public LogIndex LastIndexAtOrBelowTerm(Term term, LogIndex at, LogIndex first)
    {
        int epoch = LastWhere(static (epoch, key) => epoch.Term.Value <= key, term.Value);
        if (epoch + 1 < _epochs.Count && _epochs[epoch + 1].FirstIndex <= at)
            at = _epochs[epoch + 1].FirstIndex - 1;
        return LogIndex.Max(at, first - 1);
    }

    /// <summary>
    /// The end of a term as OffsetForLeaderEpoch defines it: the greatest term at or below the one asked for and where
    /// the next one begins. A term above all: none.
    /// </summary>
    public (Term Term, Offset End)? EndOffsetFor(Term term, Offset logEnd)
    {
        int floor = LastWhere(static (epoch, key) => epoch.Term.Value <= key, term.Value);
        if (floor == _epochs.Count - 1)
            return floor >= 0 && _epochs[floor].Term == term ? (term, logEnd) : null;
        return (floor >= 0 ? _epochs[floor].Term : term, _epochs[floor + 1].FirstOffset);
    }

    private int LastWhere(Func<Epoch, long, bool> holds, long key)
    {
        int low = -1, high = _epochs.Count - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (holds(_epochs[middle], key))
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
