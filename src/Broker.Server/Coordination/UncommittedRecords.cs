using Broker.Model;

namespace Broker.Server.Coordination;

/// <summary>
/// Records that stand in the log and are not committed yet, oldest first. Owned by the group's owner; no locks.
/// </summary>
internal sealed class UncommittedRecords<TRecord>
{
    private readonly Queue<(LogIndex Index, IReadOnlyList<TRecord> Records)> _entries = new();

    public void Appended(LogIndex index, IReadOnlyList<TRecord> records)
    {
        if (records.Count > 0)
            _entries.Enqueue((index, records));
    }

    public void Truncated(LogIndex from)
    {
        for (int left = _entries.Count; left > 0; left--)
        {
            (LogIndex Index, IReadOnlyList<TRecord> Records) entry = _entries.Dequeue();
            if (entry.Index < from)
                _entries.Enqueue(entry);
        }
    }

    /// <summary>Of the oldest entry, if it is committed now.</summary>
    public bool TryTake(LogIndex commit, out IReadOnlyList<TRecord> records)
    {
        if (_entries.TryPeek(out (LogIndex Index, IReadOnlyList<TRecord> Records) oldest) && oldest.Index <= commit)
        {
            records = _entries.Dequeue().Records;
            return true;
        }

        records = [];
        return false;
    }
}
