using Broker.Model;

namespace Broker.Raft.Tests.Clusters;

/// <summary>A log in memory. Every entry counts as 100 bytes unless told otherwise.</summary>
public sealed class MemoryLog : ILogView
{
    private readonly List<TestEntry> _entries = [];
    private readonly List<long> _fingerprints = [];
    private readonly List<ConfigurationEntry> _configurations = [];
    private LogIndex _previous = LogIndex.Zero;
    private Term _previousTerm = Term.Zero;

    public MemoryLog(params IEnumerable<TestEntry> entries)
    {
        foreach (TestEntry entry in entries)
            Append(entry);
    }

    public long EntryBytes { get; init; } = 100;

    public LogIndex FirstIndex => _previous + 1;

    public LogIndex LastIndex => _previous + _entries.Count;

    public Term LastTerm => _entries.Count == 0 ? _previousTerm : _entries[^1].Term;

    public IReadOnlyList<TestEntry> Entries => _entries;

    /// <summary>Those of its entries that hold a configuration.</summary>
    public IReadOnlyList<ConfigurationEntry> Configurations => _configurations;

    public TestEntry this[LogIndex index] => _entries[(int)(index - _previous) - 1];

    public static MemoryLog OfTerms(params ReadOnlySpan<int> terms)
    {
        var log = new MemoryLog();
        foreach (int term in terms)
            log.Append(new TestEntry(new Term(term), -term));
        return log;
    }

    public void Append(TestEntry entry)
    {
        _fingerprints.Add(Mix(_fingerprints.Count == 0 ? 0 : _fingerprints[^1], entry));
        _entries.Add(entry);
        if (entry.Configuration is { } configuration)
            _configurations.Add(new ConfigurationEntry(LastIndex, configuration));
    }

    public void TruncateFrom(LogIndex index)
    {
        _configurations.RemoveAll(entry => entry.Index >= index);
        _entries.RemoveRange((int)(index - FirstIndex), (int)(LastIndex - index) + 1);
        _fingerprints.RemoveRange((int)(index - FirstIndex), _fingerprints.Count - (int)(index - FirstIndex));
    }

    /// <summary>
    /// Stands for all entries up to an index: two logs that agree on it agree on every entry before it.
    /// </summary>
    public long FingerprintAt(LogIndex index) =>
        index == LogIndex.Zero ? 0 : _fingerprints[(int)(index - FirstIndex)];

    public bool Contains(LogIndex index, long fingerprint) =>
        index <= LastIndex && FingerprintAt(index) == fingerprint;

    /// <summary>It begins with all of another one.</summary>
    public bool StartsWith(MemoryLog other) =>
        other.LastIndex == LogIndex.Zero || Contains(other.LastIndex, other.FingerprintAt(other.LastIndex));

    /// <summary>What both begin with.</summary>
    public MemoryLog Common(MemoryLog other) =>
        new(_entries.Zip(other._entries).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First));

    /// <summary>It holds entries of the group's own that another one does not.</summary>
    public bool HasOwnBehind(MemoryLog other) =>
        _entries.Skip(Common(other)._entries.Count).Any(entry => entry.Id < 0);

    /// <summary>Forgets the entries up to an index, as retention does.</summary>
    public void RemoveUpTo(LogIndex index)
    {
        _previousTerm = TermOf(index)!.Value;
        _entries.RemoveRange(0, (int)(index - _previous));
        _fingerprints.RemoveRange(0, (int)(index - _previous));
        _previous = index;
    }

    public Term? TermOf(LogIndex index) =>
        index == _previous ? _previousTerm
        : index < _previous || index > LastIndex ? null
        : this[index].Term;

    public LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes)
    {
        LogIndex end = LogIndex.Max(from, LogIndex.Min(last, from + ((maxBytes / EntryBytes) - 1)));
        bytes = (end - from + 1) * EntryBytes;
        return end;
    }

    public LogIndex LastIndexAtOrBelowTerm(Term term, LogIndex at)
    {
        while (at > _previous && this[at].Term > term)
            at -= 1;
        return at;
    }

    private static long Mix(long before, TestEntry entry)
    {
        const long Prime = 0x100000001B3;
        return unchecked((((((before ^ entry.Term.Value) * Prime) ^ entry.Id) * Prime) + 1) * Prime);
    }
}
