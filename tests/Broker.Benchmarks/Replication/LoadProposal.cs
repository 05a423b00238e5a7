using Broker.Model;
using Broker.Replication;
using Broker.Storage;

namespace Broker.Benchmarks.Replication;

/// <summary>
/// One batch in flight; proposed again as soon as it is acknowledged. The buffer is new each time, as a request's is.
/// </summary>
internal sealed class LoadProposal(Load load, Replica replica, int payloadLength) : Proposal
{
    private SharedBuffer? _buffer;
    private long _begun;

    public override int RequiredReplicas => 1;

    public override int Bytes => payloadLength;

    public void Begin()
    {
        _buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payloadLength);
        _begun = TimeProvider.System.GetTimestamp();
        if (!replica.TryPropose(this))
            throw new InvalidOperationException("The group's mailbox is full: ask for fewer batches in flight.");
    }

    protected override ProposalStep Prepare(in AppendPoint point)
    {
        int records = payloadLength / 1024;
        var header = new EntryHeader
        {
            Index = point.Index,
            Term = point.Term,
            Kind = EntryKind.Data,
            Offset = point.NextOffset,
            OffsetSpan = Math.Max(1, records),
            MaxTimestamp = 0,
            Mark = point.Mark,
        };
        return ProposalStep.Append(EntryFrame.Seal(_buffer!, 0, payloadLength, header));
    }

    protected override void Completed(LogIndex index)
    {
        _buffer!.Release();
        load.Count(payloadLength, TimeProvider.System.GetElapsedTime(_begun));
        if (load.IsOver)
            load.Ended();
        else
            Begin();
    }

    protected override void Failed(ProposalFailure failure)
    {
        Console.Error.WriteLine($"a batch failed: {failure}");
        load.Ended();
    }
}
