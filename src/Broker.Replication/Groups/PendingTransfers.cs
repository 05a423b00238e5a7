using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>Those who wait for leadership to be handed over. OWNER only.</summary>
internal sealed class PendingTransfers
{
    private readonly List<TaskCompletionSource<bool>> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    public void Add(TaskCompletionSource<bool> transfer) => _waiting.Add(transfer);

    /// <summary>Answers them once the leadership is gone, or the attempt was given up.</summary>
    public void Advance(RaftCore core)
    {
        if (_waiting.Count == 0 || (core.Role == RaftRole.Leader && core.TransferTarget != BrokerId.None))
            return;

        foreach (TaskCompletionSource<bool> transfer in _waiting)
            transfer.TrySetResult(core.Role != RaftRole.Leader);
        _waiting.Clear();
    }
}
