using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>
/// Proposals whose entry is in the log and whose outcome is open. They outlive a lost leadership: what a new leader
/// commits was right after all, what it truncates is certain not to have happened. OWNER only.
/// </summary>
internal sealed class PendingProposals(ProposalQuota quota)
{
    private readonly Queue<Waiting> _replicated = new();
    private readonly Queue<Waiting> _leaderOnly = new();
    private readonly List<Waiting> _duplicates = [];

    private readonly record struct Waiting(LogIndex Index, Proposal Proposal);

    public bool IsEmpty => _replicated.Count == 0 && _leaderOnly.Count == 0 && _duplicates.Count == 0;

    public void Add(LogIndex index, Proposal proposal) =>
        (proposal.LeaderOnly ? _leaderOnly : _replicated).Enqueue(new Waiting(index, proposal));

    /// <summary>Waits for an entry that is somewhere in the log already.</summary>
    public void AddDuplicate(LogIndex index, Proposal proposal) =>
        _duplicates.Add(new Waiting(index, proposal));

    /// <summary>Answers what can be answered now.</summary>
    public void Advance(RaftCore core, int inSync)
    {
        while (_leaderOnly.TryPeek(out Waiting first) && first.Index <= core.PersistedIndex)
            Complete(_leaderOnly.Dequeue());

        while (_replicated.TryPeek(out Waiting first) && Answer(first, core, inSync))
            _replicated.Dequeue();

        for (int i = 0; i < _duplicates.Count; i++)
        {
            if (Answer(_duplicates[i], core, inSync))
                _duplicates.RemoveAt(i--);
        }
    }

    /// <summary>Entries from an index on are gone from the log.</summary>
    public void Truncated(LogIndex from) =>
        FailWhere(ProposalFailure.Truncated, waiting => waiting.Index >= from);

    public void FailAll(ProposalFailure failure) => FailWhere(failure, _ => true);

    private bool Answer(in Waiting waiting, RaftCore core, int inSync)
    {
        if (waiting.Index > core.CommitIndex)
            return false;

        int required = waiting.Proposal.RequiredReplicas;
        if (required <= core.Configuration.Majority || core.ReplicatedTo(required) >= waiting.Index)
            Complete(waiting);
        else if (core.Role != RaftRole.Leader)
            Fail(waiting, ProposalFailure.Unknown);
        else if (inSync < required)
            Fail(waiting, ProposalFailure.NotEnoughReplicas);
        else
            return false;

        return true;
    }

    private void FailWhere(ProposalFailure failure, Predicate<Waiting> match)
    {
        FailWhere(_replicated, failure, match);
        FailWhere(_leaderOnly, failure, match);
        foreach (Waiting waiting in _duplicates.FindAll(match))
            Fail(waiting, failure);
        _duplicates.RemoveAll(match);
    }

    private void FailWhere(Queue<Waiting> queue, ProposalFailure failure, Predicate<Waiting> match)
    {
        for (int i = queue.Count; i > 0; i--)
        {
            Waiting waiting = queue.Dequeue();
            if (match(waiting))
                Fail(waiting, failure);
            else
                queue.Enqueue(waiting);
        }
    }

    private void Complete(in Waiting waiting)
    {
        quota.Give(waiting.Proposal.Bytes);
        waiting.Proposal.Completed(waiting.Index);
    }

    private void Fail(in Waiting waiting, ProposalFailure failure)
    {
        quota.Give(waiting.Proposal.Bytes);
        waiting.Proposal.Failed(failure);
    }
}
