using Broker.Model;
using Broker.Replication;
using Broker.Simulation.Invariants;
using Broker.Storage;

namespace Broker.Simulation.Worlds.Replicas;

/// <summary>
/// A value that only this proposal has, and what was heard of it. Its token stands at the payload's start.
/// </summary>
internal sealed class TestProposal(byte[] payload, int replicas, bool leaderOnly) : Proposal
{
    public const int TokenLength = 16;

    private SharedBuffer? _held;

    public byte[] Token => payload[..TokenLength];

    public ulong Hash { get; } = EntryRecord.HashOf(payload);

    public Offset Offset { get; private set; }

    public LogIndex Index { get; private set; }

    public ProposalFailure? Failure { get; private set; }

    public override int RequiredReplicas => replicas;

    public override bool LeaderOnly => leaderOnly;

    public override int Bytes => payload.Length;

    /// <summary>The process that has it hears the answer; whether the client does is another question.</summary>
    public Action<TestProposal>? Answered { get; init; }

    protected internal override ProposalStep Prepare(in AppendPoint point)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        Offset = point.NextOffset;
        var header = new EntryHeader
        {
            Index = point.Index,
            Term = point.Term,
            Kind = EntryKind.Data,
            Offset = point.NextOffset,
            OffsetSpan = 1 + (payload[0] % 5),
            MaxTimestamp = point.Index.Value,
            Mark = point.Mark,
        };
        _held = buffer;
        return ProposalStep.Append(EntryFrame.Seal(buffer, 0, payload.Length, header));
    }

    protected internal override void Completed(LogIndex index)
    {
        Index = index;
        End();
    }

    protected internal override void Failed(ProposalFailure failure)
    {
        Failure = failure;
        End();
    }

    private void End()
    {
        _held?.Release();
        _held = null;
        Answered?.Invoke(this);
    }
}
