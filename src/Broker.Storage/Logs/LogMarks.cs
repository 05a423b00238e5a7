using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// Tells the vote journal how far a log is flushed: when a segment is closed, at an orderly end, and every few seconds
/// while it is written. The journal's own flushes carry it; only before a truncation below the mark one is made for it.
/// </summary>
internal sealed class LogMarks
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly VoteJournal _journal;
    private readonly PartitionId _group;
    private readonly TimeProvider _time;
    private long _recordedAt;

    public LogMarks(VoteJournal journal, PartitionId group, TimeProvider time)
    {
        _journal = journal;
        _group = group;
        _time = time;
        _recordedAt = time.GetTimestamp();
    }

    public void RecordIfDue(LogIndex flushed)
    {
        if (_time.GetElapsedTime(_recordedAt) >= Every)
            Record(flushed);
    }

    public void Record(LogIndex flushed)
    {
        _recordedAt = _time.GetTimestamp();
        if (flushed > _journal.Get(_group).Mark)
            _journal.RecordMark(_group, flushed);
    }

    /// <summary>
    /// Before entries are cut off that were said to be flushed: otherwise the next recovery would miss them.
    /// </summary>
    public void LowerBelow(LogIndex index)
    {
        if (_journal.Get(_group).Mark < index)
            return;
        _journal.RecordMark(_group, index - 1);
        _journal.Flush();
    }
}
