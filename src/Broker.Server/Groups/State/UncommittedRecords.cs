using Broker.Model;
using Broker.Server.Groups.Log;

namespace Broker.Server.Groups.State;

/// <summary>
/// Records that stand in the log and are not committed yet, oldest first. Owned by the group's owner; no locks.
/// </summary>
internal sealed class UncommittedRecords
{
    private readonly Queue<(LogIndex Index, IReadOnlyList<GroupRecord> Records)> _entries = new();

    public void Appended(LogIndex index, IReadOnlyList<GroupRecord> records)
    {
        if (records.Count > 0)
            _entries.Enqueue((index, records));
    }

    public void Truncated(LogIndex from)
    {
        for (int left = _entries.Count; left > 0; left--)
        {
            (LogIndex Index, IReadOnlyList<GroupRecord> Records) entry = _entries.Dequeue();
            if (entry.Index < from)
                _entries.Enqueue(entry);
        }
    }

    /// <summary>Of the oldest entry, if it is committed now.</summary>
    public bool TryTake(LogIndex commit, out IReadOnlyList<GroupRecord> records)
    {
        if (_entries.TryPeek(out (LogIndex Index, IReadOnlyList<GroupRecord> Records) oldest) && oldest.Index <= commit)
        {
            records = _entries.Dequeue().Records;
            return true;
        }

        records = [];
        return false;
    }
}
