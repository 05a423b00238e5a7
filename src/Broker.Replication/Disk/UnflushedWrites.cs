using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// What a log has written and not flushed, and whether that may wait. In a relaxed group it may, but not for long, nor
/// when it is much; and the group's own entries don't wait, who votes above all. DISK only.
/// </summary>
internal sealed class UnflushedWrites(GroupLog log, bool isRelaxed, long mostBytes)
{
    private long _bytes;
    private bool _isDue;

    public bool IsRelaxed => isRelaxed;

    /// <summary>The lane's: where it is on its list of those that it has to flush in the end; -1: nowhere.</summary>
    public int ListedAt { get; set; } = -1;

    /// <summary>The next round flushes it.</summary>
    public void Demand() => _isDue = true;

    public bool MustFlush(in WriteOutcome outcome)
    {
        _bytes += outcome.Bytes;
        return !isRelaxed || _isDue || _bytes >= mostBytes || log.OwnIndex > log.Log.FlushedIndex;
    }

    public void Flushed()
    {
        _bytes = 0;
        _isDue = false;
    }
}
