using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Server.Partitions;
using Broker.Storage;

namespace Broker.Server.Coordination;

/// <summary>
/// One batch of a coordinator's records on its way into the log, all or nothing. It is appended in the term in which
/// its coordinator decided on it, or not at all.
/// </summary>
internal sealed class CoordinatorProposal : Proposal
{
    private readonly Term _term;
    private readonly int _requiredReplicas;
    private readonly Deadlines _deadlines;
    private readonly Action<ErrorCode> _done;
    private readonly Expiry _expiry;
    private readonly int _length;
    private readonly RecordBatchHeader _header;
    private readonly SharedBuffer _buffer;
    private int _answered;

    /// <param name="done">
    /// Called once, by the owner or by a timer: None when the records are committed and applied, NOT_COORDINATOR when
    /// they are certain not to be, COORDINATOR_NOT_AVAILABLE when that is not known or there are too few replicas.
    /// </param>
    public CoordinatorProposal(
        ReadOnlySpan<byte> batch, Term term, int requiredReplicas, Deadlines deadlines, Action<ErrorCode> done)
    {
        (_term, _requiredReplicas, _deadlines, _done) = (term, requiredReplicas, deadlines, done);
        _expiry = new Expiry(this);
        _length = batch.Length;
        _header = RecordBatchHeader.Read(batch);
        _buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
        batch.CopyTo(_buffer.Span[EntryFrame.HeaderSize..]);
    }

    /// <summary>
    /// Called after the outcome, by the owner alone: nothing happens to the records any more that has not happened.
    /// </summary>
    public Action? Settled { get; init; }

    /// <summary>Looked at in the step that appends: None, or why they are not to be.</summary>
    public Func<Term, ErrorCode>? Condition { get; init; }

    public override int RequiredReplicas => _requiredReplicas;

    public override int Bytes => EntryFrame.HeaderSize + _length;

    /// <param name="deadline">Then the outcome is told as not known.</param>
    public void Begin(IPartitionReplica replica, long deadline)
    {
        _deadlines.Add(_expiry, deadline);
        if (!replica.TryPropose(this))
            End(ErrorCode.CoordinatorNotAvailable);
    }

    protected override ProposalStep Prepare(in AppendPoint point)
    {
        if (point.Term != _term)
            return Refuse(ErrorCode.NotCoordinator);
        if (Condition?.Invoke(point.Term) is { } error and not ErrorCode.None)
            return Refuse(error);
        return point.InSyncReplicas < _requiredReplicas
            ? Refuse(ErrorCode.CoordinatorNotAvailable)
            : ProposalStep.Append(ProduceProposal.Seal(_buffer, 0, _length, _header, point));
    }

    protected override void Completed(LogIndex index) => End(ErrorCode.None);

    protected override void Failed(ProposalFailure failure) => End(failure switch
    {
        ProposalFailure.NotLeader or ProposalFailure.Truncated or ProposalFailure.Stopping
            or ProposalFailure.StorageFull => ErrorCode.NotCoordinator,
        _ => ErrorCode.CoordinatorNotAvailable,
    });

    private ProposalStep Refuse(ErrorCode error)
    {
        End(error);
        return ProposalStep.Done;
    }

    // The group's last word.
    private void End(ErrorCode error)
    {
        _deadlines.Remove(_expiry);
        _buffer.Release();
        Answer(error);
        Settled?.Invoke();
    }

    private void Answer(ErrorCode error)
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
            _done(error);
    }

    private sealed class Expiry(CoordinatorProposal proposal) : Deadline
    {
        protected internal override void Expired() => proposal.Answer(ErrorCode.CoordinatorNotAvailable);
    }
}
