using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A replica's way from "the leader no longer has what I lack" to a base that lies beside its log. Legal transitions:
/// idle → asking → idle when nothing came or it is not needed any more; asking → giving up the log → done, when the
/// replica has to be stopped and started. OWNER only.
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
        if (begin is null || !IsNeeded(begin))
        {
            _isUnderWay = false;
            return;
        }

        // From here on nothing that the log takes is counted: it is given up with the log. All that it was counted
        // for before is committed, or was refused by the leader of now, and so lies before the base.
        core.Quarantine();
        _ = WriteAsync(begin);
    }

    private bool IsNeeded(LogBase begin) =>
        begin.Index > core.CommitIndex && owner.Log.Log.TermOf(begin.Index) != begin.Term;

    private async Task WriteAsync(LogBase begin)
    {
        try
        {
            await owner.Lane.RunAsync(() =>
            {
                owner.Log.Log.BeginAnewFrom(begin);
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
