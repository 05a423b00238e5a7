using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// Linearizable reads that wait for a round of heartbeats (thesis 6.4); all that ask between two rounds share one.
/// OWNER only.
/// </summary>
internal sealed class PendingReads
{
    private readonly SortedDictionary<ulong, List<TaskCompletionSource<bool>>> _rounds = [];
    private List<TaskCompletionSource<bool>> _joining = [];
    private ulong _last;

    public bool IsEmpty => _rounds.Count == 0 && _joining.Count == 0;

    public void Join(TaskCompletionSource<bool> read) => _joining.Add(read);

    public void Begin(RaftCore core)
    {
        if (_joining.Count == 0)
            return;

        _rounds.Add(++_last, _joining);
        _joining = [];
        core.ReadIndex(_last);
    }

    public void Answer(IReadOnlyList<ReadState> states)
    {
        foreach (ReadState state in states)
        {
            if (!_rounds.Remove(state.Context, out List<TaskCompletionSource<bool>>? reads))
                continue;

            // A leader applies as it commits, so what it confirmed has been applied.
            foreach (TaskCompletionSource<bool> read in reads)
                read.TrySetResult(state.Index is not null);
        }
    }

    public void FailAll()
    {
        foreach (TaskCompletionSource<bool> read in _rounds.Values.SelectMany(reads => reads).Concat(_joining))
            read.TrySetResult(false);
        _rounds.Clear();
        _joining.Clear();
    }
}
