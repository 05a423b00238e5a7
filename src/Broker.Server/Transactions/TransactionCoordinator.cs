using System.Buffers;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Coordination;
using Broker.Server.Groups;
using Broker.Server.Partitions;
using Broker.Server.Transactions.Log;
using Broker.Server.Transactions.Rules;
using Broker.Storage;

namespace Broker.Server.Transactions;

// Who may do what, all under one lock for each partition of __transaction_state:
//   requests, timers, markers   decide by the rules, and hand the record to the group in the order of their decisions
//   the group's owner           applies committed records; what has to be done about a transaction follows from that
// One record of an id is under way at a time: until the group has said its last word about it, nothing else is decided
// for that id. A decision of one term is written in that term or never.

/// <summary>
/// The transactional ids of one partition of __transaction_state: their state on any replica, coordinated by the
/// leader.
/// </summary>
internal sealed class TransactionCoordinator : ICoordinator<TransactionRecord>
{
    private const byte CheckpointVersion = 0x54;
    private static readonly Term NoTerm = new(-1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly Partition _partition;
    private readonly TransactionResources _resources;
    private readonly Lock _gate = new();
    private readonly TransactionTable _table = new();
    private readonly HashSet<string> _underway = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, OpenTransaction> _open = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _ending = new(StringComparer.Ordinal);
    private CancellationTokenSource _led = new();
    private Term _term = NoTerm;

    public TransactionCoordinator(Partition partition, TransactionResources resources) =>
        (_partition, _resources) = (partition, resources);

    public PartitionId Id => _partition.Id;

    public Term Term
    {
        get
        {
            lock (_gate)
                return _term;
        }
    }

    private long Now => _resources.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives a producer the id, and ends what another one had begun.</summary>
    /// <param name="expected">What it has been given before, if it has.</param>
    public async Task<(ErrorCode Error, ProducerId Producer, short Epoch)> InitAsync(
        string id, int timeout, (ProducerId, short)? expected, CancellationToken cancellation)
    {
        ProducerId? fresh = null;
        while (true)
        {
            TransactionDecision decision = default;
            TransactionState? given = null;
            ErrorCode error = await DecideAsync(id, (state, now) =>
            {
                decision = TransactionRules.Init(state, id, timeout, expected, fresh, now);
                given = decision.Next ?? state;
                return decision;
            });
            if (!decision.NeedsProducerId)
            {
                return error == ErrorCode.None
                    ? (error, given!.Producer, given.Epoch)
                    : (error, ProducerId.None, (short)-1);
            }

            fresh = await _resources.NextProducerId(cancellation);
            if (fresh is null)
                return (ErrorCode.CoordinatorNotAvailable, ProducerId.None, -1);
        }
    }

    public Task<ErrorCode> AddAsync(
        string id, ProducerId producer, short epoch, IReadOnlyCollection<TopicPartition> partitions) =>
        DecideAsync(id, (state, now) => TransactionRules.Add(state, producer, epoch, partitions, now));

    public Task<ErrorCode> EndAsync(string id, ProducerId producer, short epoch, bool commit) =>
        DecideAsync(id, (state, now) => TransactionRules.End(state, producer, epoch, commit, now));

    /// <summary>What a partition's leader wants to know: from memory, nothing is written.</summary>
    public (ErrorCode Error, long Number, int CoordinatorEpoch) Verify(
        string id, ProducerId producer, short epoch, TopicPartition partition)
    {
        lock (_gate)
        {
            ErrorCode error = Check();
            if (error != ErrorCode.None)
                return (error, -1, -1);

            TransactionState? state = _table.Find(id);
            error = TransactionRules.Verify(state, producer, epoch, partition);
            return error == ErrorCode.None ? (error, state!.Number, _term.Value) : (error, -1, -1);
        }
    }

    /// <summary>What is known of an id; null with an error, or if nothing is.</summary>
    public (ErrorCode Error, TransactionState? State) Describe(string id)
    {
        lock (_gate)
            return Check() is var error && error != ErrorCode.None ? (error, null) : (error, _table.Find(id));
    }

    /// <summary>All ids that this replica coordinates, in their order.</summary>
    public (ErrorCode Error, IReadOnlyList<TransactionState> States) List()
    {
        lock (_gate)
        {
            // One that does not lead has none to tell of; another broker does.
            if (Check() is var error && error != ErrorCode.None)
                return (error == ErrorCode.NotCoordinator ? ErrorCode.None : error, []);
            return (error, [.. _table.All]);
        }
    }

    /// <summary>Lets ids go that were not used since a time; nothing where this replica does not coordinate.</summary>
    public void Expire(long before)
    {
        lock (_gate)
        {
            if (Check() != ErrorCode.None)
                return;
            foreach (TransactionState state in _table.All.Where(state => TransactionRules.IsUnused(state, before)))
            {
                if (!_underway.Contains(state.Id))
                    Write(new TransactionRecord(state.Id, null), _ => { });
            }
        }
    }

    public ReadOnlySpan<byte> Restore(ReadOnlySpan<byte> checkpoint)
    {
        if (checkpoint.IsEmpty || checkpoint[0] != CheckpointVersion)
            throw new StorageException("The checkpoint of a transaction coordinator has an unknown form.");

        lock (_gate)
        {
            _table.Clear();
            ReadOnlySpan<byte> bytes = checkpoint[1..];
            return CoordinatorCheckpoint.Read(ref bytes, (key, value) =>
            {
                if (TransactionRecordCodec.Decode(key, value) is { } record)
                    _table.Apply(record);
            });
        }
    }

    public void WriteCheckpoint(IBufferWriter<byte> into, ReadOnlySpan<byte> partition)
    {
        lock (_gate)
        {
            CoordinatorCheckpoint.Write(into, CheckpointVersion, partition, [.. _table.All.Select(
                state => TransactionRecordCodec.Encode(new TransactionRecord(state.Id, state)))]);
        }
    }

    public IReadOnlyList<TransactionRecord> Read(ReadOnlyMemory<byte> batch) => CoordinatorBatch.Read(
        batch, TransactionRecordCodec.Decode, why => CoordinationLog.Unreadable(_resources.Logger, Id, why));

    public void Apply(IReadOnlyList<TransactionRecord> records)
    {
        lock (_gate)
        {
            foreach (TransactionRecord record in records)
            {
                _table.Apply(record);
                if (_term != NoTerm)
                    Follow(record.Id);
            }
        }
    }

    public void Lead(Term term)
    {
        lock (_gate)
        {
            Resign();
            (_term, _led) = (term, new CancellationTokenSource());
            foreach (TransactionState state in _table.All)
                Follow(state.Id);
        }
    }

    public void Depose()
    {
        lock (_gate)
            Resign();
    }

    private void Resign()
    {
        _term = NoTerm;
        _led.Cancel();
        foreach (OpenTransaction open in _open.Values)
            _resources.Deadlines.Remove(open);
        _open.Clear();
        _ending.Clear();
        _underway.Clear();
    }

    private ErrorCode Check()
    {
        if (_term != NoTerm && _partition.IsAttached)
            return ErrorCode.None;
        return _partition.Status is { IsLeader: true } ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.NotCoordinator;
    }

    private Task<ErrorCode> DecideAsync(string id, Func<TransactionState?, long, TransactionDecision> rule)
    {
        lock (_gate)
        {
            ErrorCode error = Check();
            if (error == ErrorCode.None && _underway.Contains(id))
                error = ErrorCode.ConcurrentTransactions;
            if (error != ErrorCode.None)
                return Task.FromResult(error);

            TransactionDecision decision = rule(_table.Find(id), Now);
            if (decision.Next is not { } next)
                return Task.FromResult(decision.Error);

            var answer = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            Write(
                new TransactionRecord(id, next),
                written => answer.SetResult(written == ErrorCode.None ? decision.Error : written));
            return answer.Task;
        }
    }

    private void Write(TransactionRecord record, Action<ErrorCode> done)
    {
        _underway.Add(record.Id);
        byte[] batch = CoordinatorBatch.Of([TransactionRecordCodec.Encode(record)], Now);
        Term term = _term;
        var proposal = new CoordinatorProposal(
            batch, term, _partition.Settings.MinInSyncReplicas, _resources.Deadlines, done)
        {
            Settled = () => Settled(record.Id, term),
        };
        proposal.Begin(_partition.Replica, _resources.Deadlines.After(_resources.WriteTimeout));
    }

    // Only now is it known what the log holds of it.
    private void Settled(string id, Term term)
    {
        lock (_gate)
        {
            if (_term != term)
                return;
            _underway.Remove(id);
            Follow(id);
        }
    }

    // What a transaction's state asks for, done once.
    private void Follow(string id)
    {
        TransactionState? state = _table.Find(id);
        if (_open.TryGetValue(id, out OpenTransaction? open)
            && (state is not { Status: TransactionStatus.Ongoing } || state.Number != open.Number))
        {
            _resources.Deadlines.Remove(open);
            _open.Remove(id);
        }

        if (state is { Status: TransactionStatus.Ongoing } && !_open.ContainsKey(id))
            Arm(new OpenTransaction(id, state.Number, TimeOut), TimeSpan.FromMilliseconds(state.Timeout));
        if (state is not { IsEnding: true })
        {
            _ending.Remove(id);
            return;
        }

        if (_underway.Contains(id) || _ending.GetValueOrDefault(id, -1) == state.Number)
            return;
        _ending[id] = state.Number;
        _ = EndAsync(state, _term, _led.Token);
    }

    private void Arm(OpenTransaction open, TimeSpan after)
    {
        _open[open.Id] = open;
        _resources.Deadlines.Add(open, _resources.Deadlines.After(after));
    }

    private void TimeOut(OpenTransaction open)
    {
        lock (_gate)
        {
            if (_open.GetValueOrDefault(open.Id) != open)
                return;
            if (_underway.Contains(open.Id) || !_partition.IsAttached)
            {
                Arm(open, LookAgain);
                return;
            }

            _open.Remove(open.Id);
            if (_table.Find(open.Id) is { } state && TransactionRules.TimeOut(state, Now) is { } next)
                Write(new TransactionRecord(open.Id, next), _ => { });
        }
    }

    // Until every partition has its marker and that is written down, or another coordinates.
    private async Task EndAsync(TransactionState state, Term term, CancellationToken led)
    {
        try
        {
            await _resources.Markers.EndAsync(state, term, led);
            while (await CompleteAsync(state, term) != ErrorCode.None)
                await Task.Delay(LookAgain, _resources.Time, led);
        }
        catch (OperationCanceledException) when (led.IsCancellationRequested)
        {
            // Whoever coordinates now begins again.
        }
    }

    private Task<ErrorCode> CompleteAsync(TransactionState ended, Term term)
    {
        lock (_gate)
        {
            bool isDone = _term != term
                || _table.Find(ended.Id) is not { IsEnding: true } state || state.Number != ended.Number;
            return isDone
                ? Task.FromResult(ErrorCode.None)
                : DecideAsync(
                    ended.Id, (state, now) => TransactionDecision.Write(TransactionRules.Complete(state!, now)));
        }
    }
}
