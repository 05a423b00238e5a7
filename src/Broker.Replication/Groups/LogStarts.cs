using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Lets a leader's log begin later, by an entry in the log itself. Nothing goes that a voter or learner has not got
/// which was heard of lately: it could not catch up by appends. Who holds it back is named, once per holder. Who was
/// silent for longer holds back nothing, and begins anew when it returns. OWNER only.
/// </summary>
internal sealed class LogStarts(GroupOwner owner, RaftCore core, int patienceTicks, ILogger log)
{
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

        owner.Log.AppendLogStart(core.CurrentTerm, cut.FirstIndex, cut.FirstOffset);
        core.Appended(files.LastIndex);
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
