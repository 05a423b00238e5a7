using System.Buffers;
using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;
using Broker.Replication;
using Broker.Server.Partitions.Producers;
using Broker.Server.Partitions.Reading;
using Broker.Server.Partitions.Transactions;
using Broker.Storage;

namespace Broker.Server.Partitions;

/// <summary>
/// One partition's replica on this broker: what its log means to Kafka clients. The group's owner feeds it every entry
/// and every
/// commit; clients' calls come from any thread and meet the owner only in what is published (high watermark,
/// leadership) and in proposals.
/// </summary>
internal sealed class Partition : IReplicaStateMachine, IPartition
{
    private readonly PartitionResources _resources;
    private readonly Action<PartitionId> _leadershipChanged;
    private readonly WaiterList _waiters = new();
    private readonly PartitionReads _reads;
    private volatile TopicSettings _settings;
    private volatile IPartitionReplica? _replica;
    private volatile ReplicaStatus? _status;
    private long _highWatermark;
    private long _lastStable;
    private long _expireBefore;
    private int _ledTerm = -1;

    /// <param name="leadershipChanged">Told when leader, term or replicas in sync are new; called by the owner.</param>
    public Partition(
        PartitionId id, TopicSettings settings, PartitionResources resources, Action<PartitionId> leadershipChanged)
    {
        Id = id;
        _settings = settings;
        _resources = resources;
        _leadershipChanged = leadershipChanged;
        _reads = new PartitionReads(this, resources.DiskReads);
        Gate = new TransactionGate(id);
    }

    public PartitionId Id { get; }

    /// <summary>The topic's; replaced when they change.</summary>
    public TopicSettings Settings => _settings;

    public long SizeInBytes => _replica?.SizeInBytes ?? 0;

    public LeaderView Leader => _status is { } status
        ? new LeaderView(status.Leader, status.Term)
        : new LeaderView(BrokerId.None, Term.Zero);

    public ImmutableArray<BrokerId> InSync => _status?.InSync ?? [];

    public Offset HighWatermark => new(Volatile.Read(ref _highWatermark));

    /// <summary>Before the first open transaction; never above the high watermark that is read after it.</summary>
    internal Offset LastStable => new(Volatile.Read(ref _lastStable));

    internal TransactionIndex Transactions { get; } = new();

    internal TransactionGate Gate { get; }

    internal bool IsAttached => _replica is not null;

    /// <summary>Only once it was attached.</summary>
    internal IPartitionReplica Replica => _replica ?? throw new InvalidOperationException($"{Id} has no replica yet.");

    internal ReplicaStatus? Status => _status;

    /// <summary>
    /// The last term in which this replica, in this life, led and could answer; -1 for none. Only then does it know
    /// a high watermark that no earlier answer has passed.
    /// </summary>
    internal Term LedTerm => new(Volatile.Read(ref _ledTerm));

    /// <summary>
    /// Whether readers are answered although nobody leads: by the last leader, to which they were sent; by another
    /// replica only while there can be no leader. One that has just started knows less than it has told in its life
    /// before, and as long as there can be a leader, that one knows more.
    /// </summary>
    internal bool ServesWithoutLeader => _status is { IsLeader: false, Abstains: false } status
        && status.Leader == BrokerId.None
        && (LedTerm == status.Term || _resources.HasLostMajority(Id));

    /// <summary>The owner's.</summary>
    internal ProducerTable Producers { get; } = new();

    private long Now => _resources.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The replica under this partition has started: clients may come.</summary>
    public void Attach(IPartitionReplica replica)
    {
        _replica = replica;
        _status ??= replica.Status;
        _waiters.WakeAll();
    }

    /// <summary>New settings of the topic: in force for whatever comes from here on.</summary>
    public void Configure(TopicSettings settings)
    {
        if (settings == _settings)
            return;
        _settings = settings;
        _replica?.Configure(settings);
    }

    /// <summary>Lets the owner forget producers that have been silent since then, when it next commits
    /// something.</summary>
    public void ExpireProducersBefore(long timestamp) => Volatile.Write(ref _expireBefore, timestamp);

    public ValueTask<ProduceOutcome> ProduceAsync(in ProduceBatch batch, short acks, long deadline)
    {
        if (_replica is null || _status is not { IsLeader: true })
            return ValueTask.FromResult(new ProduceOutcome(PartitionFault.NotLeader));

        TopicSettings settings = _settings;
        Memory<byte> bytes = batch.Buffer.Memory.Slice(batch.Start, batch.Length);
        if (!BatchCheck.TryPrepare(bytes, settings, Now, out RecordBatchHeader header, out ProduceOutcome refusal))
            return ValueTask.FromResult(refusal);

        return BatchRecoding.CodecOf(settings.CompressionType) is { } codec && codec != header.Attributes.Compression
            ? ProduceRecoded(bytes, codec, settings, batch.TransactionalId, new ProduceTerms(acks, deadline))
            : Enter(batch, header, new ProduceTerms(acks, deadline));
    }

    /// <summary>A batch that was judged, and let in if it is of a transaction.</summary>
    internal ValueTask<ProduceOutcome> Begin(
        in ProduceBatch batch, in RecordBatchHeader header, in ProduceTerms terms) =>
        _resources.Proposals.Rent().Begin(this, batch, header, terms);

    /// <summary>Leave to append in a transaction, for a coordinator's own records.</summary>
    internal Task<(PartitionFault Fault, TransactionToken Token)> EnterAsync(
        string transactionalId, ProducerId producer, short epoch)
    {
        var answer = new TaskCompletionSource<(PartitionFault, TransactionToken)>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        if (_resources.Verifier is { } verifier)
        {
            Gate.Enter(
                verifier, transactionalId, producer, epoch, Leader.Epoch,
                (fault, token) => answer.SetResult((fault, token)));
        }
        else
        {
            answer.SetResult((PartitionFault.Unsupported, default));
        }

        return answer.Task;
    }

    /// <summary>OWNER. Whether such records may be appended now.</summary>
    internal PartitionFault CheckOpen(ProducerId producer, short epoch, in TransactionToken token, Term term)
    {
        var records = new ProducerBatch(producer, epoch, -1, 1, Offset.Zero, 0) { IsTransactional = true };
        if (Producers.Check(records, out _) != SequenceVerdict.Accept)
            return PartitionFault.InvalidProducerEpoch;
        return Gate.Check(producer, epoch, token, term, Producers.CoordinatorEpochOf(producer));
    }

    /// <summary>Writes a transaction's marker, if it is still to be written and this replica may.</summary>
    internal Task<EndOutcome> EndTransactionAsync(in TransactionEnd end) =>
        _replica is { } replica && _status is { IsLeader: true }
            ? new MarkerProposal(this, end, Now).Begin(replica)
            : Task.FromResult(EndOutcome.NotLeader);

    public ValueTask<FetchOutcome> ReadAsync(FetchPosition position, int maxBytes, bool atLeastOne, LogSlices into) =>
        _replica is { } replica
            ? _reads.ReadAsync(replica, position, maxBytes, atLeastOne, into)
            : ValueTask.FromResult(PartitionReads.Refuse(PartitionFault.NotLeader));

    public void Watch(PartitionWaiter waiter) => _waiters.Add(waiter);

    public void Unwatch(PartitionWaiter waiter) => _waiters.Remove(waiter);

    public ValueTask<OffsetOutcome> LookUpAsync(long timestamp, Term expectedEpoch, bool readCommitted) =>
        _replica is { } replica
            ? _reads.LookUpAsync(replica, timestamp, expectedEpoch, readCommitted)
            : ValueTask.FromResult(PartitionReads.RefuseLookUp(PartitionFault.NotLeader));

    public async Task<DeleteOutcome> DeleteRecordsAsync(
        Offset? before, TimeSpan patience, CancellationToken cancellation)
    {
        if (_replica is not { } replica || _status is not { IsLeader: true })
            return DeleteOutcome.Refused(PartitionFault.NotLeader);
        if (!_settings.Deletes)
            return DeleteOutcome.Refused(PartitionFault.Policy);

        Task<DeletionAnswer> deletion = replica.DeleteRecordsAsync(before);
        if (!await deletion.WithinAsync(patience, _resources.Time, cancellation))
            return DeleteOutcome.Refused(PartitionFault.TimedOut);

        DeletionAnswer answer = await deletion;
        return answer.Outcome == DeletionOutcome.Done
            ? new DeleteOutcome(PartitionFault.None, answer.LogStart)
            : DeleteOutcome.Refused(FaultOf(answer.Outcome));
    }

    public ValueTask<EpochEndOutcome> EndOfEpochAsync(Term epoch, Term currentEpoch) => ValueTask.FromResult(
        _replica is { } replica
            ? _reads.EndOfEpoch(replica, epoch, currentEpoch)
            : new EpochEndOutcome(PartitionFault.NotLeader, PartitionReads.NoEpochEnd));

    public async ValueTask<GroupView?> ViewAsync(CancellationToken cancellation) =>
        _replica is { } replica && await replica.ViewAsync(cancellation) is { } view
            ? await ViewReads.CompleteAsync(view, replica, _resources.DiskReads)
            : null;

    private static ValueTask<ProduceOutcome> Refuse(PartitionFault fault, string message) =>
        ValueTask.FromResult(new ProduceOutcome(fault) { Message = message });

    private static PartitionFault FaultOf(DeletionOutcome outcome) => outcome switch
    {
        DeletionOutcome.OutOfRange => PartitionFault.OffsetOutOfRange,
        DeletionOutcome.Busy => PartitionFault.Busy,
        DeletionOutcome.Unknown => PartitionFault.TimedOut,
        _ => PartitionFault.NotLeader,
    };

    private ValueTask<ProduceOutcome> Enter(
        in ProduceBatch batch, in RecordBatchHeader header, in ProduceTerms terms)
    {
        if (!header.Attributes.IsTransactional)
            return Begin(batch, header, terms);
        if (_resources.Verifier is not { } verifier)
            return Refuse(PartitionFault.Unsupported, "Transactions are not served.");
        if (batch.TransactionalId is not { } id)
            return Refuse(PartitionFault.UnknownTransaction, "A transactional batch needs a transactional id.");

        Term term = Leader.Epoch;
        if (Gate.TryEnter(header.ProducerId, header.ProducerEpoch, term, out TransactionToken token))
            return Begin(batch, header, terms with { Token = token });

        var waiting = new TransactionalProduce(this, batch, header, terms);
        Gate.Enter(verifier, id, header.ProducerId, header.ProducerEpoch, term, waiting.Entered);
        return new ValueTask<ProduceOutcome>(waiting.Answer);
    }

    private ValueTask<ProduceOutcome> ProduceRecoded(
        ReadOnlyMemory<byte> bytes,
        CompressionType codec,
        TopicSettings settings,
        string? transactionalId,
        in ProduceTerms terms)
    {
        ProduceBatch recoded;
        try
        {
            recoded = BatchRecoding.Recode(bytes, codec, BatchCheck.RulesOf(settings)) with
            {
                TransactionalId = transactionalId,
            };
        }
        catch (ProtocolException unreadable)
        {
            return ValueTask.FromResult(
                new ProduceOutcome(PartitionFault.InvalidRecord) { Message = unreadable.Message });
        }

        // Judged again: it has another size, and records that lay under a codec may lie open now.
        Memory<byte> stored = recoded.Buffer.Memory.Slice(recoded.Start, recoded.Length);
        bool isValid = BatchCheck.TryPrepare(
            stored, settings, Now, out RecordBatchHeader header, out ProduceOutcome refusal);
        ValueTask<ProduceOutcome> outcome = isValid
            ? Enter(recoded, header, terms)
            : ValueTask.FromResult(refusal);
        recoded.Buffer.Release();
        return outcome;
    }

    void IReplicaStateMachine.Restore(ReadOnlySpan<byte> checkpoint)
    {
        if (ProducerCheckpoint.TryDecode(
            checkpoint, out var state, out ProducerId forgotten, out List<AbortedTransaction> aborted))
        {
            Producers.Restore(state, forgotten);
            Transactions.Restore(
                state.Where(each => each.Value.IsOpen)
                    .Select(each => KeyValuePair.Create(each.Key, each.Value.OpenSince)),
                aborted);
            return;
        }

        // Any producer may have been here.
        PartitionLogMessages.CheckpointUnreadable(_resources.Logger, Id);
        Producers.Restore([], new ProducerId(long.MaxValue));
        Transactions.Restore([], []);
    }

    void IReplicaStateMachine.Appended(in LogEntry entry, bool recovering)
    {
        if (entry.Kind != EntryKind.Data)
            return;

        RecordBatchHeader header = RecordBatchHeader.Read(entry.Payload.Span);
        if (!header.IsIdempotent)
            return;
        if (header.Attributes.IsControl)
        {
            Ended(header, entry);
            return;
        }

        Producers.Appended(ProducerBatch.Of(header, entry.Offset), entry.Index, Now);
        if (header.Attributes.IsTransactional)
            Transactions.Written(entry.Index, header.ProducerId, entry.Offset);
    }

    void IReplicaStateMachine.Truncated(LogIndex from, Offset nextOffset)
    {
        Producers.Truncated(from);
        Transactions.Truncated(from);
    }

    void IReplicaStateMachine.Committed(LogIndex commit, Offset highWatermark)
    {
        Producers.Committed(commit);
        Transactions.Committed(commit);
        if (Volatile.Read(ref _expireBefore) > 0 && Interlocked.Exchange(ref _expireBefore, 0) is > 0 and var before)
            Expire(before);
        if (highWatermark.Value <= _highWatermark)
            return;
        // In this order: whoever reads the other way round never sees more stable than committed.
        Offset stable = Offset.Min(Transactions.FirstOpen ?? highWatermark, highWatermark);
        Volatile.Write(ref _highWatermark, highWatermark.Value);
        Volatile.Write(ref _lastStable, stable.Value);
        _waiters.WakeAll();
    }

    void IReplicaStateMachine.StatusChanged(ReplicaStatus status)
    {
        if (status.IsLeaderReady)
            Volatile.Write(ref _ledTerm, status.Term.Value);
        _status = status;
        _leadershipChanged(Id);
        _waiters.WakeAll();
    }

    void IReplicaStateMachine.LeaderReady(Term term) => _waiters.WakeAll();

    void IReplicaStateMachine.LogStartMoved(Offset logStart)
    {
        Transactions.Forget(logStart);
        _waiters.WakeAll();
    }

    void IReplicaStateMachine.WriteCheckpoint(IBufferWriter<byte> into) =>
        into.Write(ProducerCheckpoint.Encode(
            Producers.CommittedState(), Producers.Forgotten, Transactions.AllAborted()));

    private void Expire(long before)
    {
        if (Producers.Expire(before) > 0)
            Gate.Forget(producer => !Producers.Contains(producer));
    }

    private void Ended(in RecordBatchHeader header, in LogEntry entry)
    {
        if (TransactionMarker.Read(entry.Payload) is not { } marker)
            return;

        Producers.Ended(header.ProducerId, header.ProducerEpoch, marker.CoordinatorEpoch, entry.Index, Now);
        Transactions.Ended(entry.Index, header.ProducerId, entry.Offset, isAbort: !marker.IsCommit);
    }
}
