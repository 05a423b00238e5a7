using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Lets a leader's log begin later, by an entry in the log itself. No file goes that a voter or learner has not got
/// which was heard of lately: it could not catch up by appends. Who holds it back is named, once per holder. Who was
/// silent for longer holds back nothing, and begins anew when it returns. What clients wish gone is hidden from them at
/// once, whoever lacks it; its files go by and by, as retention finds that all have them. OWNER only.
/// </summary>
internal sealed class LogStarts(GroupOwner owner, RaftCore core, int patienceTicks, ILogger log)
{
    /// <summary>Where the log begins for clients: committed, and applied here.</summary>
    public Offset Now => owner.Log.Log.LogStartOffset;

    public void Retain(long olderThan, long maxBytes)
    {
        if (core.Role != RaftRole.Leader || core.BeginProposal() is null)
            return;

        PartitionLog files = owner.Log.Log;
        LogIndex everywhere = LogIndex.Min(LowestMatch(out BrokerId holder), core.CommitIndex);
        Epoch? wanted = files.RetentionCut(olderThan, maxBytes, core.CommitIndex);
        Epoch? possible = files.RetentionCut(olderThan, maxBytes, everywhere);
        Hold(wanted?.FirstIndex > (
            possible?.FirstIndex ?? files.LogStartIndex) ? holder : BrokerId.None, everywhere, wanted);
        if (possible is not { } cut || cut.FirstIndex <= files.LogStartIndex)
            return;

        owner.Log.AppendLogStart(
            core.CurrentTerm, cut.FirstIndex, Offset.Max(cut.FirstOffset, files.LogStartOffset));
        core.Appended(files.LastIndex);
    }

    /// <summary>
    /// Whether the log may begin at an offset (null: the high watermark), and what the entry has to say; or the answer,
    /// if it may not. Only a leader that is ready knows what is committed.
    /// </summary>
    public DeletionAnswer? Judge(Offset? before, out LogIndex index, out Offset offset)
    {
        index = LogIndex.Zero;
        Offset end = owner.Log.HighWatermark;
        offset = before ?? end;
        if (!core.IsLeaderReady)
            return DeletionAnswer.Failed(DeletionOutcome.NotLeader);
        if (offset < Offset.Zero || offset > end)
            return DeletionAnswer.Failed(DeletionOutcome.OutOfRange);

        // By an entry even where it lies below already: a leader of long ago must not say so.
        offset = Offset.Max(offset, Now);
        // Not the core's commit index: what that is ahead stands behind this high watermark, and stays.
        LogIndex held = LogIndex.Min(LowestMatch(out _), owner.Log.Applied) + 1;
        index = offset == end ? held : LogIndex.Min(owner.Log.Log.FloorOf(offset), held);
        return null;
    }

    private void Hold(BrokerId holder, LogIndex heldAt, Epoch? wanted)
    {
        if (holder != BrokerId.None && holder != owner.Replica.LogStartHolder)
            log.LogStartHeld(owner.Id, holder, heldAt, wanted!.Value.FirstIndex);
        owner.Replica.PublishLogStartHolder(holder);
    }

    private LogIndex LowestMatch(out BrokerId holder)
    {
        LogIndex lowest = core.PersistedIndex;
        holder = core.Self;
        foreach (BrokerId member in core.Configuration.Members)
        {
            if (core.Progress(member) is not { } progress || progress.Match >= lowest
                || core.Now - progress.HeardAt > patienceTicks)
                continue;

            lowest = progress.Match;
            holder = member;
        }

        return lowest;
    }
}
