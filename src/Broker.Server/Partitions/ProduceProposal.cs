using System.Threading.Tasks.Sources;
using Broker.Model;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Server.Partitions.Producers;
using Broker.Server.Partitions.Transactions;
using Broker.Storage;

namespace Broker.Server.Partitions;

// Who holds a proposal: its caller until it has read the answer, the group until it has called back, the deadline
// until it is
// taken back or has expired. The last of them returns it to the pool, so that none can meet it in its next life.

/// <summary>
/// One batch on its way into the log. Outside the owner it is judged and laid into a frame; in <see cref="Prepare"/>,
/// the one
/// step that appends, what depends on the log's end is checked and stamped.
/// </summary>
internal sealed class ProduceProposal : Proposal, IValueTaskSource<ProduceOutcome>
{
    private readonly ProduceProposalPool _pool;
    private readonly Expiry _expiry;
    private ManualResetValueTaskSourceCore<ProduceOutcome> _answer = new() { RunContinuationsAsynchronously = true };
    private Partition? _partition;
    private SharedBuffer? _buffer;
    private int _frameStart;
    private int _length;
    private RecordBatchHeader _header;
    private int _requiredReplicas;
    private bool _leaderOnly;
    private TransactionToken _token;
    private ProduceOutcome _success;
    private int _answered;
    private int _holders;

    public ProduceProposal(ProduceProposalPool pool)
    {
        _pool = pool;
        _expiry = new Expiry(this);
    }

    public override int RequiredReplicas => _requiredReplicas;

    public override bool LeaderOnly => _leaderOnly;

    public override int Bytes => EntryFrame.HeaderSize + _length;

    private Partition Target => _partition!;

    /// <summary>Takes a judged batch over and frames it: in place where the request holds nothing else, else in a
    /// copy.</summary>
    public ValueTask<ProduceOutcome> Begin(
        Partition partition, in ProduceBatch batch, in RecordBatchHeader header, in ProduceTerms terms)
    {
        _partition = partition;
        _header = header;
        _length = batch.Length;
        _leaderOnly = terms.Acks != -1;
        _token = terms.Token;
        _requiredReplicas = _leaderOnly ? 1 : partition.Settings.MinInSyncReplicas;
        _success = default;
        _answered = 0;
        _holders = 3;
        if (batch.Exclusive)
        {
            _buffer = batch.Buffer;
            _buffer.Retain();
            _frameStart = batch.Start - EntryFrame.HeaderSize;
        }
        else
        {
            _buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + batch.Length);
            _frameStart = 0;
            batch.Buffer.Span.Slice(batch.Start, batch.Length).CopyTo(_buffer.Span[EntryFrame.HeaderSize..]);
        }

        var answer = new ValueTask<ProduceOutcome>(this, _answer.Version);
        _pool.Deadlines.Add(_expiry, terms.Deadline);
        if (!partition.Replica.TryPropose(this))
            End(new ProduceOutcome(PartitionFault.Busy));
        return answer;
    }

    /// <summary>Makes an entry out of a batch that stands behind the room for its frame's header.</summary>
    internal static LogEntry Seal(
        SharedBuffer buffer, int frameStart, int length, in RecordBatchHeader batch, in AppendPoint point)
    {
        Span<byte> bytes = buffer.Span.Slice(frameStart + EntryFrame.HeaderSize, length);
        RecordBatchStamp.Stamp(bytes, point.NextOffset, point.Term);
        var header = new EntryHeader
        {
            Index = point.Index,
            Term = point.Term,
            Kind = EntryKind.Data,
            Offset = point.NextOffset,
            OffsetSpan = batch.LastOffsetDelta + 1,
            MaxTimestamp = batch.MaxTimestamp,
            Mark = point.Mark,
        };

        // The batch's own checksum, which was verified, covers all but the bytes just stamped: nothing is read twice.
        return EntryFrame.Seal(
            buffer, frameStart, length, header, batch.Crc, length - RecordBatchLayout.Attributes);
    }

    protected override ProposalStep Prepare(in AppendPoint point)
    {
        if (!_leaderOnly && point.InSyncReplicas < _requiredReplicas)
            return Refuse(PartitionFault.NotEnoughReplicas);

        if (_header.IsIdempotent)
        {
            ProducerBatch batch = ProducerBatch.Of(_header, point.NextOffset);
            switch (Target.Producers.Check(batch, out StoredBatch original))
            {
                case SequenceVerdict.Duplicate:
                    return Repeat(original);
                case SequenceVerdict.OutOfOrder:
                    return Refuse(PartitionFault.OutOfOrderSequence);
                case SequenceVerdict.NotOfTransaction:
                    return Refuse(PartitionFault.NotOfTransaction);
                case SequenceVerdict.StaleEpoch:
                    return Refuse(PartitionFault.InvalidProducerEpoch);
            }

            if (batch.IsTransactional && CheckOpen(batch, point.Term) is var fault and not PartitionFault.None)
                return Refuse(fault);
        }

        _success = SuccessAt(point.NextOffset, _header.MaxTimestamp);
        return ProposalStep.Append(Seal(point));
    }

    protected override void Completed(LogIndex index) => End(_success);

    protected override void Failed(ProposalFailure failure) => End(new ProduceOutcome(failure switch
    {
        ProposalFailure.NotLeader or ProposalFailure.Truncated => PartitionFault.NotLeader,
        ProposalFailure.StorageFull => PartitionFault.Storage,
        ProposalFailure.Stopping => PartitionFault.Stopping,
        ProposalFailure.NotEnoughReplicas => PartitionFault.NotEnoughReplicasAfterAppend,
        _ => PartitionFault.TimedOut,
    }));

    ProduceOutcome IValueTaskSource<ProduceOutcome>.GetResult(short token)
    {
        ProduceOutcome outcome = _answer.GetResult(token);
        Release();
        return outcome;
    }

    ValueTaskSourceStatus IValueTaskSource<ProduceOutcome>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<ProduceOutcome>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    private PartitionFault CheckOpen(in ProducerBatch batch, Term term) => Target.Gate.Check(
        batch.Producer, batch.Epoch, _token, term, Target.Producers.CoordinatorEpochOf(batch.Producer));

    private LogEntry Seal(in AppendPoint point) => Seal(_buffer!, _frameStart, _length, _header, point);

    // A duplicate is answered when its original is committed, not before: until then it may still be lost.
    private ProposalStep Repeat(in StoredBatch original)
    {
        _success = SuccessAt(original.BaseOffset, original.Timestamp);
        if (original.LastOffset >= Target.HighWatermark)
            return ProposalStep.WaitFor(original.Index);

        End(_success);
        return ProposalStep.Done;
    }

    private ProposalStep Refuse(PartitionFault fault)
    {
        End(new ProduceOutcome(fault));
        return ProposalStep.Done;
    }

    private ProduceOutcome SuccessAt(Offset baseOffset, long timestamp) => new(PartitionFault.None)
    {
        BaseOffset = baseOffset,
        LogAppendTime = _header.Attributes.IsLogAppendTime ? timestamp : -1,
        LogStart = Target.Replica.LogStart,
    };

    // The group's last word.
    private void End(in ProduceOutcome outcome)
    {
        TryAnswer(outcome);
        if (_pool.Deadlines.Remove(_expiry))
            Release();
        Release();
    }

    private void Expire()
    {
        // Appended or not is the owner's knowledge; "not known" is true of both.
        bool isShort = !_leaderOnly && Target.Replica.Status.InSync.Length < _requiredReplicas;
        TryAnswer(new ProduceOutcome(
            isShort ? PartitionFault.NotEnoughReplicasAfterAppend : PartitionFault.TimedOut));
        Release();
    }

    private void TryAnswer(in ProduceOutcome outcome)
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
            _answer.SetResult(outcome);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;

        _buffer!.Release();
        _buffer = null;
        _partition = null;
        _answer.Reset();
        _pool.Return(this);
    }

    private sealed class Expiry(ProduceProposal proposal) : Deadline
    {
        protected internal override void Expired() => proposal.Expire();
    }
}
