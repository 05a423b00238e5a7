using Broker.Model;
using Broker.Storage;

namespace Broker.Replication.Tests.Hosting;

/// <summary>Proposes some bytes as one record; its task tells the outcome.</summary>
internal sealed class TestProposal(byte[] payload, int requiredReplicas = 1, bool leaderOnly = false) : Proposal
{
    private readonly TaskCompletionSource<TestOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Offset _offset;

    public Task<TestOutcome> Outcome => _outcome.Task;

    /// <summary>Refuse instead of appending when fewer replicas are in sync.</summary>
    public int MinInSync { get; init; }

    /// <summary>Where set: the entry that this one repeats.</summary>
    public LogIndex? Repeats { get; init; }

    public override int RequiredReplicas => requiredReplicas;

    public override bool LeaderOnly => leaderOnly;

    public override int Bytes => payload.Length;

    protected internal override ProposalStep Prepare(in AppendPoint point)
    {
        if (Repeats is { } index)
            return ProposalStep.WaitFor(index);

        if (point.InSyncReplicas < MinInSync)
        {
            _outcome.SetResult(new TestOutcome(null, LogIndex.Zero, Offset.Zero, point.InSyncReplicas));
            return ProposalStep.Done;
        }

        _offset = point.NextOffset;
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        var header = new EntryHeader
        {
            Index = point.Index,
            Term = point.Term,
            Kind = EntryKind.Data,
            Offset = point.NextOffset,
            OffsetSpan = 1,
            MaxTimestamp = -1,
            Mark = point.Mark,
        };
        LogEntry entry = EntryFrame.Seal(buffer, 0, payload.Length, header);
        Release = buffer;
        return ProposalStep.Append(entry);
    }

    /// <summary>The maker's own hold on the entry's buffer, until the outcome is known.</summary>
    private SharedBuffer? Release { get; set; }

    protected internal override void Completed(LogIndex index)
    {
        Release?.Release();
        _outcome.SetResult(new TestOutcome(null, index, _offset, 0));
    }

    protected internal override void Failed(ProposalFailure failure)
    {
        Release?.Release();
        _outcome.SetResult(new TestOutcome(failure, LogIndex.Zero, Offset.Zero, 0));
    }
}
