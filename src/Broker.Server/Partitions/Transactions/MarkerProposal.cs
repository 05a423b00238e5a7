using Broker.Model;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Partitions.Producers;
using Broker.Storage;

namespace Broker.Server.Partitions.Transactions;

/// <summary>
/// A transaction's marker on its way into the log. Whether it is too late, or fenced, is judged in the step that
/// appends; one that repeats another is appended, and ends nothing.
/// </summary>
internal sealed class MarkerProposal : Proposal
{
    private readonly Partition _partition;
    private readonly TransactionEnd _end;
    private readonly SharedBuffer _buffer;
    private readonly RecordBatchHeader _header;
    private readonly int _length;
    private readonly TaskCompletionSource<EndOutcome> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="now">Unix milliseconds.</param>
    public MarkerProposal(Partition partition, in TransactionEnd end, long now)
    {
        (_partition, _end) = (partition, end);
        byte[] batch = new TransactionMarker(end.IsCommit, end.CoordinatorEpoch).ToBatch(end.Producer, end.Epoch, now);
        _length = batch.Length;
        _header = RecordBatchHeader.Read(batch);
        _buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
        batch.CopyTo(_buffer.Span[EntryFrame.HeaderSize..]);
    }

    /// <summary>A quorum: what it ends must not wait for more replicas than the decision needed.</summary>
    public override int RequiredReplicas => 1;

    public override int Bytes => EntryFrame.HeaderSize + _length;

    public Task<EndOutcome> Begin(IPartitionReplica replica)
    {
        if (!replica.TryPropose(this))
            Answer(EndOutcome.Unknown);
        return _answer.Task;
    }

    protected override ProposalStep Prepare(in AppendPoint point)
    {
        if (point.Term != _end.Term)
            return Refuse(EndOutcome.NotLeader);
        if (_partition.Gate.IsPassed(_end.Producer, _end.Number, point.Term))
            return Refuse(EndOutcome.Ended);
        if (_partition.Producers.CheckEnd(_end.Producer, _end.Epoch, _end.CoordinatorEpoch) != SequenceVerdict.Accept)
            return Refuse(EndOutcome.Fenced);

        _partition.Gate.End(_end.Producer, _end.Number, point.Term);
        return ProposalStep.Append(ProduceProposal.Seal(_buffer, 0, _length, _header, point));
    }

    protected override void Completed(LogIndex index) => Answer(EndOutcome.Ended);

    protected override void Failed(ProposalFailure failure) => Answer(failure switch
    {
        ProposalFailure.NotLeader or ProposalFailure.Truncated or ProposalFailure.Stopping => EndOutcome.NotLeader,
        _ => EndOutcome.Unknown,
    });

    private ProposalStep Refuse(EndOutcome outcome)
    {
        Answer(outcome);
        return ProposalStep.Done;
    }

    private void Answer(EndOutcome outcome)
    {
        _buffer.Release();
        _answer.SetResult(outcome);
    }
}
