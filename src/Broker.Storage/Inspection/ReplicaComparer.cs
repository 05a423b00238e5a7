using Broker.Model;

namespace Broker.Storage.Inspection;

/// <summary>
/// Walks the replicas of one partition side by side, entry by entry. Where either was compacted they may hold different
/// entries, and less in them: there only the terms have to agree.
/// </summary>
internal sealed class ReplicaComparer : IDisposable
{
    private const int MostMismatches = 20;

    private readonly IReadOnlyList<ReplicaDirectory> _replicas;
    private readonly LogWalk[] _walks;
    private readonly bool[] _isThere;
    private readonly long[] _entries;
    private readonly HashSet<(int, int)> _diverged = [];
    private readonly List<string> _mismatches = [];
    private readonly LogIndex _commit;
    private LogIndex _from;
    private LogIndex _to;
    private LogIndex _agreed;

    public ReplicaComparer(IFileSystem files, IReadOnlyList<ReplicaDirectory> replicas)
    {
        _replicas = replicas;
        _walks = [.. replicas.Select(replica => new LogWalk(files, replica))];
        _isThere = new bool[_walks.Length];
        _entries = new long[_walks.Length];
        _commit = new LogIndex(replicas.Max(replica => replica.Known.Commit.Value));
    }

    public void Run()
    {
        for (int i = 0; i < _walks.Length; i++)
            Step(i);
        while (_isThere.Contains(true))
        {
            LogIndex index = new(long.MaxValue);
            for (int i = 0; i < _walks.Length; i++)
            {
                if (_isThere[i])
                    index = LogIndex.Min(index, _walks[i].Entry.Index);
            }

            CompareAt(index);
            for (int i = 0; i < _walks.Length; i++)
            {
                if (Has(i, index))
                    Step(i);
            }
        }
    }

    public IEnumerable<ReplicaReport> Reports()
    {
        for (int i = 0; i < _walks.Length; i++)
        {
            yield return new ReplicaReport
            {
                Directory = _replicas[i].Path,
                Partition = _replicas[i].Partition,
                Segments = _walks[i].Segments,
                Bytes = _walks[i].Bytes,
                Entries = _entries[i],
                FirstIndex = _walks[i].FirstIndex.Value,
                LastIndex = _walks[i].LastIndex.Value,
                LastTerm = _walks[i].LastTerm.Value,
                NextOffset = _walks[i].NextOffset.Value,
                Mark = _replicas[i].Known.Mark.Value,
                Commit = _replicas[i].Known.Commit.Value,
                Problems = _walks[i].Problems,
            };
        }
    }

    public PartitionComparison Comparison(string partition) => new()
    {
        Partition = partition,
        Directories = [.. _replicas.Select(replica => replica.Path)],
        ComparedFrom = _from.Value,
        ComparedTo = _to.Value,
        AgreedTo = _agreed.Value,
        Commit = _commit.Value,
        Mismatches = _mismatches,
    };

    public void Dispose()
    {
        foreach (LogWalk walk in _walks)
            walk.Dispose();
    }

    private bool Has(int i, LogIndex index) => _isThere[i] && _walks[i].Entry.Index == index;

    private void Step(int i)
    {
        _isThere[i] = _walks[i].TryStep();
        if (_isThere[i])
            _entries[i]++;
    }

    private void CompareAt(LogIndex index)
    {
        for (int left = 0; left < _walks.Length; left++)
        {
            for (int right = left + 1; right < _walks.Length; right++)
            {
                if (!Has(left, index) || !Has(right, index))
                    continue;
                if (_from == LogIndex.Zero)
                    _from = index;
                _to = index;
                ComparePair(index, left, right);
            }
        }

        if (_diverged.Count == 0)
            _agreed = index;
    }

    private void ComparePair(LogIndex index, int left, int right)
    {
        LogEntry one = _walks[left].Entry, other = _walks[right].Entry;
        bool isCompacted = index <= LogIndex.Max(_walks[left].CleanedIndex, _walks[right].CleanedIndex);
        bool wasSame = !_diverged.Contains((left, right));
        if (one.Term != other.Term)
        {
            _diverged.Add((left, right));
            if (index <= _commit && wasSame)
                Add(left, right, $"entry {index} is committed, but has terms {one.Term} and {other.Term}");
        }
        else if (!wasSame)
        {
            Add(left, right, $"entry {index} has term {one.Term} on both, though entries before it differ");
        }
        else if (!isCompacted && !one.Frame.Span.SequenceEqual(other.Frame.Span))
        {
            _diverged.Add((left, right));
            Add(left, right, $"entry {index} of term {one.Term} is not the same on both");
        }
    }

    private void Add(int left, int right, string what)
    {
        if (_mismatches.Count < MostMismatches)
            _mismatches.Add($"{what} ({_replicas[left].Path}, {_replicas[right].Path})");
    }
}
