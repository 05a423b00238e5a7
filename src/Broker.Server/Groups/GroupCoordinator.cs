using System.Buffers;
using Broker.Model;
using Broker.Protocol;
using Broker.Server.Coordination;
using Broker.Server.Groups.Classic;
using Broker.Server.Groups.Log;
using Broker.Server.Groups.State;
using Broker.Server.Partitions;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Groups;

// Who may do what, all under one lock for each partition of __consumer_offsets:
//   the group's owner       applies committed records, begins and ends a term of coordination
//   requests and timers     decide, and hand records to the group in the order of their decisions
// A coordinator answers from its term's first committed entry until its replica leads no more. A decision of one term
// is written in that term or never.

/// <summary>
/// The groups of one partition of __consumer_offsets: their state on any replica, coordinated by the leader.
/// </summary>
internal sealed class GroupCoordinator : ICoordinator<GroupRecord>
{
    private const int RecordsAtOnce = 500;

    private static readonly Term NoTerm = new(-1);

    private readonly Partition _partition;
    private readonly GroupResources _resources;
    private readonly Lock _gate = new();
    private readonly GroupTable _table = new();
    private readonly LiveGroups _groups;
    private Term _term = NoTerm;

    public GroupCoordinator(Partition partition, GroupResources resources)
    {
        (_partition, _resources) = (partition, resources);
        _groups = new LiveGroups(_table, resources, Append, Expire);
    }

    public PartitionId Id => _partition.Id;

    /// <summary>In which this replica coordinates; -1 while it does not.</summary>
    public Term Term
    {
        get
        {
            lock (_gate)
                return _term;
        }
    }

    private long Now => _resources.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Appends offsets, all or none; answers when they are committed and applied here, or why not.</summary>
    /// <param name="offsets">None: only whether they could be committed.</param>
    public Task<ErrorCode> CommitAsync(string group, MemberClaim claim, IReadOnlyList<OffsetRecord> offsets)
    {
        byte[] batch = offsets.Count > 0 ? GroupBatch.Of(offsets, Now) : [];
        if (batch.Length > _partition.Settings.MaxMessageBytes)
            return Task.FromResult(ErrorCode.InvalidCommitOffsetSize);

        lock (_gate)
        {
            ErrorCode error = Check();
            if (error == ErrorCode.None)
                error = CheckCommit(group, claim, isTransactional: false);
            return error == ErrorCode.None && batch.Length > 0 ? AppendAsync(batch) : Task.FromResult(error);
        }
    }

    /// <summary>
    /// The same for offsets that are committed with a producer's transaction: pending until its marker is written.
    /// </summary>
    public async Task<ErrorCode> CommitAsync(
        string group, MemberClaim claim, TransactionClaim transaction, IReadOnlyList<OffsetRecord> offsets)
    {
        byte[] batch = GroupBatch.Of(offsets, Now, transaction.Producer, transaction.Epoch);
        if (batch.Length > _partition.Settings.MaxMessageBytes)
            return ErrorCode.InvalidCommitOffsetSize;
        if (CheckNow() is var refusal && refusal != ErrorCode.None)
            return refusal;

        (PartitionFault fault, TransactionToken token) = await _partition.EnterAsync(
            transaction.Id, transaction.Producer, transaction.Epoch);
        if (fault != PartitionFault.None)
            return TransactionFault.OfOffsets(fault);

        Task<ErrorCode> append;
        lock (_gate)
        {
            ErrorCode error = Check();
            if (error == ErrorCode.None)
                error = CheckCommit(group, claim, isTransactional: true);
            append = error == ErrorCode.None
                ? AppendAsync(batch, term => TransactionFault.OfOffsets(
                    _partition.CheckOpen(transaction.Producer, transaction.Epoch, token, term)))
                : Task.FromResult(error);
        }

        return await append;
    }

    /// <summary>
    /// Linearizable: all that was committed before the call is seen. Null with NOT_COORDINATOR or
    /// COORDINATOR_LOAD_IN_PROGRESS.
    /// </summary>
    public async Task<(ErrorCode Error, IReadOnlyList<FetchedOffset> Offsets)> FetchAsync(
        string group, IReadOnlyList<TopicPartition>? wanted)
    {
        ErrorCode error = CheckNow();
        if (error == ErrorCode.None && !await _partition.Replica.ReadBarrierAsync(CancellationToken.None))
            error = ErrorCode.NotCoordinator;
        if (error != ErrorCode.None)
            return (error, []);

        lock (_gate)
        {
            IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets = _table.OffsetsOf(group);
            return (ErrorCode.None, [.. (wanted ?? [.. offsets.Keys]).Select(one => new FetchedOffset(
                one, offsets.GetValueOrDefault(one), _table.Pending.Has(group, one)))]);
        }
    }

    /// <summary>Deletes a group without members, and its offsets; answers when that is committed.</summary>
    public Task<ErrorCode> DeleteAsync(string group)
    {
        lock (_gate)
        {
            ErrorCode error = Check();
            if (error == ErrorCode.None)
                error = _groups.Delete(group);
            if (error != ErrorCode.None)
                return Task.FromResult(error);

            GroupRecord[] gone =
            [
                .. _table.OffsetsOf(group).Keys.Select(partition => new OffsetRecord(group, partition, null)),
                new GroupMetadataRecord(group, null),
            ];
            return AppendAsync(GroupBatch.Of(gone, Now));
        }
    }

    /// <summary>Deletes offsets of topics that no member is subscribed to; one outcome for each.</summary>
    public async Task<(ErrorCode Error, IReadOnlyList<ErrorCode> Outcomes)> DeleteOffsetsAsync(
        string group, IReadOnlyList<TopicPartition> partitions)
    {
        ErrorCode[] outcomes;
        Task<ErrorCode> append;
        lock (_gate)
        {
            ErrorCode error = Check();
            Func<string, bool> isRead = _ => false;
            if (error == ErrorCode.None)
                error = _groups.CheckOffsetDelete(group, out isRead);
            if (error != ErrorCode.None)
                return (error, []);

            outcomes = [.. partitions.Select(
                one => isRead(one.Topic) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None)];
            OffsetRecord[] gone = [.. partitions
                .Where((one, i) => outcomes[i] == ErrorCode.None && _table.OffsetsOf(group).ContainsKey(one))
                .Select(one => new OffsetRecord(group, one, null))];
            append = gone.Length > 0
                ? AppendAsync(GroupBatch.Of(gone, Now))
                : Task.FromResult(ErrorCode.None);
        }

        return (await append, outcomes);
    }

    /// <summary>Lets offsets go that nobody needs any more; nothing where this replica does not coordinate.</summary>
    public void Forget(Func<GroupTable, LiveGroups, IReadOnlyList<GroupRecord>> choose)
    {
        lock (_gate)
        {
            if (Check() != ErrorCode.None)
                return;

            // Those that are not written are found again the next time.
            foreach (GroupRecord[] some in choose(_table, _groups).Chunk(RecordsAtOnce))
                Append(GroupBatch.Of(some, Now), _ => { });
        }
    }

    public Task<JoinAnswer> JoinAsync(string group, JoinAsk ask)
    {
        lock (_gate)
        {
            if (Check() is var error && error != ErrorCode.None)
                return Task.FromResult(JoinAnswer.Refuse(error, ask.MemberId));
            if (ask.MemberId.Length > 0 && _groups.Find(group) is null && _table.MetadataOf(group) is null)
                return Task.FromResult(JoinAnswer.Refuse(ErrorCode.UnknownMemberId, ask.MemberId));

            var answer = new TaskCompletionSource<JoinAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            LiveGroup live = _groups.Get(group);
            live.Group.Join(ask, answer.SetResult, _groups.Now);
            _groups.Settle(live);
            return answer.Task;
        }
    }

    public Task<SyncAnswer> SyncAsync(string group, SyncAsk ask)
    {
        lock (_gate)
        {
            if (Check() is var error && error != ErrorCode.None)
                return Task.FromResult(SyncAnswer.Refuse(error));

            var answer = new TaskCompletionSource<SyncAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            LiveGroup live = _groups.Get(group);
            live.Group.Sync(ask, answer.SetResult, _groups.Now);
            _groups.Settle(live);
            return answer.Task;
        }
    }

    public ErrorCode Heartbeat(string group, MemberClaim claim)
    {
        lock (_gate)
        {
            if (Check() is var error && error != ErrorCode.None)
                return error;

            LiveGroup live = _groups.Get(group);
            ErrorCode outcome = live.Group.Heartbeat(claim, _groups.Now);
            _groups.Settle(live);
            return outcome;
        }
    }

    /// <summary>Either an error of the whole, or one outcome for each.</summary>
    public (ErrorCode Error, IReadOnlyList<ErrorCode> Outcomes) Leave(
        string group, IReadOnlyList<LeavingMember> leaving)
    {
        lock (_gate)
        {
            if (Check() is var error && error != ErrorCode.None)
                return (error, []);

            LiveGroup live = _groups.Get(group);
            IReadOnlyList<ErrorCode> outcomes = live.Group.Leave(leaving, _groups.Now);
            _groups.Settle(live);
            return (ErrorCode.None, outcomes);
        }
    }

    /// <summary>As an operator is told. A group of which nothing is known is dead.</summary>
    public (ErrorCode Error, GroupState State, GroupMetadata? Metadata) Describe(string group)
    {
        lock (_gate)
        {
            if (Check() is var error && error != ErrorCode.None)
                return (error, GroupState.Dead, null);
            if (_groups.Find(group) is { } live)
                return (ErrorCode.None, live.Group.State, live.Group.Describe());
            if (!_table.Ids.Contains(group))
                return (ErrorCode.None, GroupState.Dead, null);
            return (ErrorCode.None, GroupState.Empty, _table.MetadataOf(group)?.Metadata);
        }
    }

    /// <summary>All groups that this replica coordinates, in the order of their ids.</summary>
    public (ErrorCode Error, IReadOnlyList<ListedGroup> Groups) List()
    {
        lock (_gate)
        {
            // One that does not lead has none to tell of; another broker does.
            if (Check() is var error && error != ErrorCode.None)
                return (error == ErrorCode.NotCoordinator ? ErrorCode.None : error, []);
            return (ErrorCode.None, [.. _table.Ids.Union(_groups.Ids).Order(StringComparer.Ordinal).Select(ListedOf)]);
        }
    }

    /// <summary>Before anything else: what a checkpoint says; returns what the partition itself remembers.</summary>
    public ReadOnlySpan<byte> Restore(ReadOnlySpan<byte> checkpoint)
    {
        lock (_gate)
            return GroupCheckpoint.Read(checkpoint, _table);
    }

    public void WriteCheckpoint(IBufferWriter<byte> into, ReadOnlySpan<byte> partition)
    {
        lock (_gate)
            GroupCheckpoint.Write(into, partition, _table);
    }

    /// <summary>A record that can't be read stays what it is in the log, and means nothing.</summary>
    public IReadOnlyList<GroupRecord> Read(ReadOnlyMemory<byte> batch) =>
        GroupBatch.Read(batch, why => CoordinationLog.Unreadable(_resources.Logger, Id, why));

    public void Apply(IReadOnlyList<GroupRecord> records)
    {
        lock (_gate)
        {
            foreach (GroupRecord record in records)
                _table.Apply(record);
        }
    }

    /// <summary>An entry of the term in which this replica leads is committed, and all before it is applied.</summary>
    public void Lead(Term term)
    {
        lock (_gate)
        {
            _groups.End();
            _term = term;
            _groups.Begin();
        }
    }

    public void Depose()
    {
        lock (_gate)
        {
            _term = NoTerm;
            _groups.End();
        }
    }

    private ListedGroup ListedOf(string id) => _groups.Find(id) is { } live
        ? new ListedGroup(id, live.Group.ProtocolType ?? "", live.Group.State)
        : new ListedGroup(id, _table.MetadataOf(id)?.Metadata.ProtocolType ?? "", GroupState.Empty);

    private ErrorCode CheckNow()
    {
        lock (_gate)
            return Check();
    }

    private ErrorCode Check()
    {
        if (_term != NoTerm && _partition.IsAttached)
            return ErrorCode.None;
        return _partition.Status is { IsLeader: true } ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.NotCoordinator;
    }

    // Who is no member needs no group, and a group that has no generation has no members.
    private ErrorCode CheckCommit(string group, MemberClaim claim, bool isTransactional)
    {
        if (_groups.Find(group) is null && _table.MetadataOf(group) is null)
            return claim.Generation < 0 ? ErrorCode.None : ErrorCode.IllegalGeneration;

        LiveGroup live = _groups.Get(group);
        ErrorCode error = live.Group.CheckCommit(claim, isTransactional, _groups.Now);
        _groups.Settle(live);
        return error;
    }

    private void Expire(LiveGroup live)
    {
        lock (_gate)
            _groups.Expire(live);
    }

    private Task<ErrorCode> AppendAsync(byte[] batch, Func<Term, ErrorCode>? condition = null)
    {
        var answer = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        Append(batch, answer.SetResult, condition);
        return answer.Task;
    }

    private void Append(GroupRecord record, Action<ErrorCode> done)
    {
        byte[] batch = GroupBatch.Of([record], Now);
        Append(batch, error =>
        {
            lock (_gate)
                done(error);
        });
    }

    private void Append(byte[] batch, Action<ErrorCode> done, Func<Term, ErrorCode>? condition = null)
    {
        // The timer of a group that was taken over may come before the replica is in its place.
        if (!_partition.IsAttached)
        {
            done(ErrorCode.CoordinatorNotAvailable);
            return;
        }

        if (batch.Length > _partition.Settings.MaxMessageBytes)
        {
            done(ErrorCode.UnknownServerError);
            return;
        }

        var proposal = new CoordinatorProposal(
            batch, _term, _partition.Settings.MinInSyncReplicas, _resources.Deadlines, done)
        {
            Condition = condition,
        };
        proposal.Begin(_partition.Replica, _resources.Deadlines.After(_resources.Offsets.CommitTimeout));
    }
}
