using Broker.Model;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// A wish that the log begin at an offset, on its way through the group. What it may ask for, and what the entry says,
/// is decided in the step that appends (<see cref="LogStarts"/>).
/// </summary>
/// <param name="before">The first record that stays; null for the high watermark of the moment.</param>
internal sealed class DeletionProposal(LogStarts starts, Offset? before) : Proposal
{
    private readonly TaskCompletionSource<DeletionAnswer> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SharedBuffer? _held;

    public Task<DeletionAnswer> Answer => _answer.Task;

    public override int RequiredReplicas => 1;

    public override int Bytes => EntryFrame.HeaderSize + LogStartPayload.Size;

    /// <summary>It is what gives room: the reserve is kept for it.</summary>
    public override bool TakesRoomOfRecords => false;

    protected internal override ProposalStep Prepare(in AppendPoint point)
    {
        if (starts.Judge(before, out LogIndex index, out Offset offset) is { } answer)
        {
            _answer.SetResult(answer);
            return ProposalStep.Done;
        }

        _held = SharedBuffer.Rent(Bytes);
        LogStartPayload.Write(_held.Span[EntryFrame.HeaderSize..], index, offset);
        var header = new EntryHeader
        {
            Index = point.Index,
            Term = point.Term,
            Kind = EntryKind.LogStart,
            Offset = point.NextOffset,
            MaxTimestamp = -1,
            Mark = point.Mark,
        };
        return ProposalStep.Append(EntryFrame.Seal(_held, 0, LogStartPayload.Size, header));
    }

    protected internal override void Completed(LogIndex index) =>
        End(new DeletionAnswer(DeletionOutcome.Done, starts.Now));

    protected internal override void Failed(ProposalFailure failure) => End(DeletionAnswer.Failed(failure switch
    {
        ProposalFailure.NotLeader or ProposalFailure.Stopping or ProposalFailure.Truncated => DeletionOutcome.NotLeader,
        ProposalFailure.StorageFull => DeletionOutcome.Busy,
        _ => DeletionOutcome.Unknown,
    }));

    private void End(DeletionAnswer answer)
    {
        _held?.Release();
        _held = null;
        _answer.SetResult(answer);
    }
}
