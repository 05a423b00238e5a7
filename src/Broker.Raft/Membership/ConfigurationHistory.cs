using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Which configuration holds from which entry on: the latest that is known to be committed, and all behind it, which
/// may yet be truncated. The last one is in force, committed or not (thesis 4.1). Indexes ascend; never empty.
/// </summary>
internal sealed class ConfigurationHistory
{
    private readonly List<ConfigurationEntry> _entries;

    public ConfigurationHistory(VoterSet first, in RaftStart start)
    {
        _entries = [start.Committed ?? new ConfigurationEntry(LogIndex.Zero, Configuration.Of(first))];
        Current = _entries[0].Configuration;
        foreach (ConfigurationEntry entry in start.Configurations ?? [])
            Append(entry);
    }

    /// <summary>In force.</summary>
    public Configuration Current { get; private set; }

    /// <summary>The entry that holds <see cref="Current"/>; 0 while the log has none.</summary>
    public LogIndex Index => _entries[^1].Index;

    /// <summary>The latest that is known to be committed, or the first of all.</summary>
    public ConfigurationEntry Committed => _entries[0];

    /// <summary>
    /// All who are members of a configuration that is, or may come to be, in force somewhere: who is being removed
    /// has to learn of it.
    /// </summary>
    public IEnumerable<BrokerId> Members =>
        _entries.SelectMany(entry => entry.Configuration.Members).Distinct().Order();

    /// <summary>
    /// A voter of any configuration that may still hold: who is not one of the latest may be the only one that can
    /// lead, until that one is committed (4.2.2).
    /// </summary>
    public bool MayLead(BrokerId broker)
    {
        foreach (ConfigurationEntry entry in _entries)
        {
            if (entry.Configuration.IsVoter(broker))
                return true;
        }

        return false;
    }

    public void Append(in ConfigurationEntry entry)
    {
        if (entry.Index <= Index)
            throw new RaftInvariantException($"Configuration {entry} comes after that of {Index}.");

        _entries.Add(entry);
        Current = entry.Configuration;
    }

    public void TruncateFrom(LogIndex from)
    {
        // What is known to be committed stays, even where the log does not reach it yet.
        while (_entries.Count > 1 && Index >= from)
            _entries.RemoveAt(_entries.Count - 1);

        Current = _entries[^1].Configuration;
    }

    /// <summary>What lies before the latest committed one holds nowhere that matters any more.</summary>
    public void CommittedUpTo(LogIndex commit)
    {
        while (_entries.Count > 1 && _entries[1].Index <= commit)
            _entries.RemoveAt(0);
    }
}
