using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

// The group's owner tells what is appended, truncated and committed; readers come from any thread. What is not
// committed waits in a queue that is the owner's alone, so that nothing which may be truncated is ever told.

/// <summary>
/// The transactions of one partition, from committed entries alone: which are open, since where, and which of its
/// records belong to aborted ones.
/// </summary>
public sealed class TransactionIndex
{
    private static readonly Comparer<(Offset First, ProducerId Producer)> ByBeginning = Comparer<(Offset First,
        ProducerId Producer)>.Create((one, other) => one.First == other.First
            ? one.Producer.CompareTo(other.Producer)
            : one.First.CompareTo(other.First));

    private readonly Lock _gate = new();
    private readonly Queue<Event> _uncommitted = new();
    private readonly Dictionary<ProducerId, Offset> _open = [];
    private readonly SortedSet<(Offset First, ProducerId Producer)> _byBeginning = new(ByBeginning);

    /// <summary>In the order of their markers.</summary>
    private readonly List<AbortedTransaction> _aborted = [];

    private readonly record struct Event(LogIndex Index, ProducerId Producer, Offset At, bool IsEnd, bool IsAbort);

    /// <summary>Where the first open transaction begins; null if none is open.</summary>
    public Offset? FirstOpen
    {
        get
        {
            lock (_gate)
                return _byBeginning.Count > 0 ? _byBeginning.Min.First : null;
        }
    }

    /// <summary>A transactional batch entered the log: a transaction's first, or one more.</summary>
    public void Written(LogIndex index, ProducerId producer, Offset at) =>
        _uncommitted.Enqueue(new Event(index, producer, at, IsEnd: false, IsAbort: false));

    /// <summary>A marker entered the log.</summary>
    public void Ended(LogIndex index, ProducerId producer, Offset at, bool isAbort) =>
        _uncommitted.Enqueue(new Event(index, producer, at, IsEnd: true, isAbort));

    public void Truncated(LogIndex from)
    {
        for (int left = _uncommitted.Count; left > 0; left--)
        {
            Event entry = _uncommitted.Dequeue();
            if (entry.Index < from)
                _uncommitted.Enqueue(entry);
        }
    }

    public void Committed(LogIndex commit)
    {
        if (!_uncommitted.TryPeek(out Event oldest) || oldest.Index > commit)
            return;

        lock (_gate)
        {
            while (_uncommitted.TryPeek(out Event next) && next.Index <= commit)
                Apply(_uncommitted.Dequeue());
        }
    }

    /// <summary>The log begins at an offset: of what was ended before, nobody reads anything any more.</summary>
    public void Forget(Offset logStart)
    {
        lock (_gate)
            _aborted.RemoveRange(0, FirstEndingAtOrAfter(logStart));
    }

    /// <summary>All aborted transactions with records from an offset on and below another.</summary>
    public IReadOnlyList<AbortedTransaction> Aborted(Offset from, Offset below)
    {
        var found = new List<AbortedTransaction>();
        lock (_gate)
        {
            for (int i = FirstEndingAtOrAfter(from); i < _aborted.Count; i++)
            {
                if (_aborted[i].First < below)
                    found.Add(_aborted[i]);
                if (_aborted[i].LastStable >= below)
                    break;
            }
        }

        return found;
    }

    /// <summary>For a checkpoint, which has the open ones with their producers.</summary>
    public IReadOnlyList<AbortedTransaction> AllAborted()
    {
        lock (_gate)
            return [.. _aborted];
    }

    /// <summary>Begins with a checkpoint's state instead of nothing.</summary>
    public void Restore(
        IEnumerable<KeyValuePair<ProducerId, Offset>> open, IEnumerable<AbortedTransaction> aborted)
    {
        lock (_gate)
        {
            _uncommitted.Clear();
            _open.Clear();
            _byBeginning.Clear();
            foreach ((ProducerId producer, Offset first) in open)
                Open(producer, first);
            _aborted.Clear();
            _aborted.AddRange(aborted);
        }
    }

    private void Apply(in Event entry)
    {
        if (!entry.IsEnd)
        {
            Open(entry.Producer, entry.At);
            return;
        }

        // A marker that is repeated, or meets a partition to which nothing was written, ends nothing.
        if (!_open.Remove(entry.Producer, out Offset first))
            return;

        _byBeginning.Remove((first, entry.Producer));
        Offset lastStable = _byBeginning.Count > 0 ? _byBeginning.Min.First : entry.At + 1;
        if (entry.IsAbort)
            _aborted.Add(new AbortedTransaction(entry.Producer, first, entry.At, lastStable));
    }

    private void Open(ProducerId producer, Offset first)
    {
        if (_open.TryAdd(producer, first))
            _byBeginning.Add((first, producer));
    }

    private int FirstEndingAtOrAfter(Offset offset)
    {
        (int low, int high) = (0, _aborted.Count);
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_aborted[middle].Last < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
