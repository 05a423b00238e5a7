using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A replica's way from "the leader no longer has what I lack" to a base that lies beside its log; and from a lost
/// checkpoint to that of a leader, with the log as it is. Legal transitions: idle → asking → idle when nothing came or
/// it is not needed any more; asking → giving up the log, or replacing the checkpoint → done, when the replica has to
/// be stopped and started. OWNER only.
/// </summary>
internal sealed class BeginningAnew(GroupOwner owner, RaftCore core, GroupContext context)
{
    private bool _isUnderWay;

    /// <summary>
    /// Stopped and started, the log begins behind the base; or is what it was, if the disk refused the base.
    /// </summary>
    public bool IsDone { get; private set; }

    public void Ask()
    {
        if (_isUnderWay)
            return;

        _isUnderWay = true;
        _ = context.Rebuilds.AskAsync(owner, core.Leader);
    }

    public void Came(LogBase? begin)
    {
        if (begin is null || (!IsNeeded(begin) && !IsMissing(begin.Checkpoint)))
        {
            _isUnderWay = false;
            return;
        }

        if (!IsNeeded(begin))
        {
            _ = WriteAsync(log => log.WriteCheckpoint(
                begin.Checkpoint.Index, begin.Checkpoint.Term, begin.Checkpoint.State.Span));
            return;
        }

        // From here on nothing that the log takes is counted: it is given up with the log. All that it was counted
        // for before is committed, or was refused by the leader of now, and so lies before the base.
        core.Quarantine();
        _ = WriteAsync(log => log.BeginAnewFrom(begin));
    }

    private bool IsNeeded(LogBase begin) => core.IsContradicted
        || (begin.Index > core.CommitIndex && owner.Log.Log.TermOf(begin.Index) != begin.Term);

    // While what is not committed here differs from what the leader committed, it comes too early.
    private bool IsMissing(LogCheckpoint checkpoint) =>
        owner.LostState.IsLost && owner.Log.Log.Fits(checkpoint);

    private async Task WriteAsync(Action<PartitionLog> write)
    {
        try
        {
            await owner.Lane.RunAsync(() =>
            {
                write(owner.Log.Log);
                return true;
            });
        }
        catch (StorageException failure) when (failure is not FlushFailedException)
        {
            context.Log.BaseRefused(owner.Id, failure.Message);
        }

        // Not after a failed flush: the broker ends, and opens nothing again.
        owner.Replica.Tell(told =>
        {
            IsDone = true;
            told.PublishStatus();
        });
    }
}
