using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// From mailbox to log: prepares and appends what was proposed, all that has come in as one step of the core. OWNER
/// only.
/// </summary>
internal sealed class GroupProposals(RaftCore core, GroupLog log, ProposalQuota quota, ReplicationMetrics metrics)
{
    private readonly Queue<Proposal> _waiting = new();

    public PendingProposals Pending { get; } = new(quota);

    public bool HasWaiting => _waiting.Count > 0;

    public void Add(Proposal proposal) => _waiting.Enqueue(proposal);

    /// <summary>
    /// Appends what waits, if this replica leads. While it hands over, or has yet to begin its term, they wait.
    /// </summary>
    public void Append(bool isFull, int inSync)
    {
        if (_waiting.Count == 0)
            return;

        if (core.Role != RaftRole.Leader)
        {
            FailWaiting(ProposalFailure.NotLeader, static _ => true);
            return;
        }

        if (isFull)
            FailWaiting(ProposalFailure.StorageFull, static proposal => proposal.TakesRoomOfRecords);

        LogIndex before = log.Log.LastIndex;
        while (_waiting.Count > 0 && core.BeginProposal() is { } index)
            Step(_waiting.Dequeue(), index, inSync);

        if (log.Log.LastIndex != before)
            core.Appended(log.Log.LastIndex);
    }

    public void Stop()
    {
        FailWaiting(ProposalFailure.Stopping, static _ => true);
        Pending.FailAll(ProposalFailure.Unknown);
    }

    private void Step(Proposal proposal, LogIndex index, int inSync)
    {
        int bytes = proposal.Bytes;
        var point = new AppendPoint(index, core.CurrentTerm, log.Log.NextOffset, log.Mark, inSync);
        ProposalStep step = proposal.Prepare(point);
        switch (step.Kind)
        {
            case ProposalStepKind.Append:
                log.Append(step.Entry);
                metrics.CountAppended(step.Entry.Length);
                Pending.Add(index, proposal);
                break;
            case ProposalStepKind.WaitFor:
                Pending.AddDuplicate(step.Index, proposal);
                break;
            default:
                quota.Give(bytes);
                break;
        }
    }

    private void FailWaiting(ProposalFailure failure, Predicate<Proposal> match)
    {
        for (int left = _waiting.Count; left > 0; left--)
        {
            Proposal proposal = _waiting.Dequeue();
            if (!match(proposal))
            {
                _waiting.Enqueue(proposal);
                continue;
            }

            quota.Give(proposal.Bytes);
            proposal.Failed(failure);
        }
    }
}
