using Broker.Model;

namespace Broker.Simulation.Invariants;

/// <summary>
/// One replica during one life of its broker, as its state machine saw it: a list that mirrors the log above what the
/// checkpoint covers.
/// </summary>
public sealed class ReplicaRecord(BrokerId broker, GroupRecord group, int life)
{
    private readonly List<EntryRecord> _entries = [];
    private LogIndex _before;

    public BrokerId Broker => broker;

    public GroupRecord Group => group;

    public int Life => life;

    /// <summary>As its state machine was told.</summary>
    public bool IsLeader { get; set; }

    /// <summary>As its core says at this moment; a state machine hears of it at the end of the step.</summary>
    public Func<bool> LeadsNow { get; set; } = () => false;

    public Term Term { get; set; }

    public LogIndex Commit { get; set; }

    public Offset HighWatermark { get; set; }

    public Offset LogStart { get; set; }

    /// <summary>Running hash over all committed entries.</summary>
    public ulong StateHash { get; set; }

    /// <summary>Its log begins later than at its first entry, and no checkpoint told of the state before.</summary>
    public bool IsStateLost { get; set; }

    /// <summary>The first index that the mirror holds.</summary>
    public LogIndex First => _before + 1;

    public LogIndex Last => _before + _entries.Count;

    public EntryRecord? Find(LogIndex index) =>
        index >= First && index <= Last ? _entries[(int)(index - First)] : null;

    public void Restore(LogIndex commit, ulong hash)
    {
        (_before, Commit, StateHash) = (commit, commit, hash);
        _entries.Clear();
    }

    /// <summary>False: it does not stand behind the last entry.</summary>
    public bool TryAppend(in EntryRecord entry)
    {
        // A log that retention has shortened begins later.
        if (_entries.Count == 0 && Commit == LogIndex.Zero && entry.Index > First)
            _before = entry.Index - 1;
        if (entry.Index != Last + 1)
            return false;

        _entries.Add(entry);
        return true;
    }

    public void TruncateFrom(LogIndex index)
    {
        int kept = (int)Math.Max(0, index - First);
        if (kept < _entries.Count)
            _entries.RemoveRange(kept, _entries.Count - kept);
    }

    public override string ToString() => $"broker {broker} (life {life}), {group.Name}";
}
