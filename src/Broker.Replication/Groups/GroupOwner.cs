using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// One group on this broker, as its owner steps it: inputs go to the core, and <see cref="Settle"/> carries out what
/// the core wants, once for all that came in together. OWNER only, but for what says otherwise.
/// </summary>
internal sealed partial class GroupOwner
{
    /// <summary>After so many elections without a leader, a replica without room stands for election too.</summary>
    private const int LeaderlessElections = 4;

    private readonly GroupContext _context;
    private readonly RaftCore _core;
    private readonly Ready _ready = new();
    private readonly EntrySender _sender;
    private readonly InSyncReplicas _inSync;
    private readonly LeaderlessTime _leaderless;
    private readonly DiskRoom _room;
    private readonly PendingReads _reads = new();
    private readonly PendingTransfers _transfers = new();
    private readonly GroupProposals _proposals;
    private readonly Checkpoints _checkpoints;
    private readonly BeginningAnew _beginningAnew;
    private readonly int _uncertainTicks;
    private readonly int _retryTicks;
    private readonly int _markTicks;
    private bool _leaderReady;
    private long _ledUntil;
    private bool _stopped;

    public GroupOwner(GroupContext context, Replica replica, OwnerLoop loop, WriteLane lane, GroupParts parts)
    {
        _context = context;
        Replica = replica;
        Loop = loop;
        Lane = lane;
        Log = parts.Log;
        Machine = parts.Machine;
        Directory = parts.Directory;
        Unflushed = new UnflushedWrites(Log, parts.IsRelaxed, context.Options.RelaxedFlushBytes);
        _core = parts.Core;
        _sender = new EntrySender(context, this);
        _inSync = new InSyncReplicas(
            _core, context.Options.InTicks(context.Options.LagLimit), 3 * context.Options.Raft.HeartbeatTicks);
        _leaderless = new LeaderlessTime(_core, LeaderlessElections * context.Options.Raft.ElectionTicks);
        _room = new DiskRoom(_core, context.Reserve, _leaderless);
        _proposals = new GroupProposals(_core, Log, replica.Quota, context.Metrics);
        LogStarts = new LogStarts(
            this, _core, context.Options.InTicks(context.Options.RebuildDelay), context.Log);
        _checkpoints = new Checkpoints(this, context.Options);
        _beginningAnew = new BeginningAnew(this, _core, context);
        LostState = new LostState(this, _core, _leaderless, context.Log);
        _uncertainTicks = context.Options.InTicks(context.Options.UncertainLimit);
        _retryTicks = context.Options.InTicks(context.Options.FullDiskRetry);
        _markTicks = context.Options.InTicks(context.Options.MarkInterval);
    }

    private bool IsConfigurationCommitted => _core.ConfigurationIndex <= _core.CommitIndex;

    // Compared by reference: the core keeps the one that is in force.
    private bool HasOtherMembers =>
        !ReferenceEquals(Replica.Status.Configuration, _core.Configuration)
        || Replica.Status.IsConfigurationCommitted != IsConfigurationCommitted;

    public PartitionId Id => Replica.Id;

    public Replica Replica { get; }

    public OwnerLoop Loop { get; }

    public WriteLane Lane { get; }

    public GroupLog Log { get; }

    public IReplicaStateMachine Machine { get; }

    public RaftCore Core => _core;

    public LogStarts LogStarts { get; }

    public LostState LostState { get; }

    public string Directory { get; }

    /// <summary>The write lane's: whether what was written has to be flushed before it counts.</summary>
    public UnflushedWrites Unflushed { get; }

    /// <summary>The owner loop's: whether the group is to be settled in this round.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The write lane's: the log has been closed, nothing is written any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>For the write lane, under its lock.</summary>
    public bool IsQueuedForDisk { get; set; }

    /// <summary>The group takes part from here on.</summary>
    public void Begin(bool campaign)
    {
        if (campaign && _core.CurrentTerm == Term.Zero && Log.Log.LastIndex == LogIndex.Zero)
            _core.Campaign();
    }

    public void Handle(in ReplicaEvent item)
    {
        if (_stopped)
        {
            Undelivered.GiveBack(item, this, _context.Memory);
            return;
        }

        switch (item.Kind)
        {
            case ReplicaEventKind.Message:
                Receive(item);
                break;
            case ReplicaEventKind.Proposal:
                _proposals.Add((Proposal)item.Item!);
                break;
            case ReplicaEventKind.Written:
                Written(item.Report);
                break;
            case ReplicaEventKind.HardStatePersisted:
                _core.HardStatePersisted(item.Hard);
                break;
            case ReplicaEventKind.PeerUp:
                _inSync.Back(item.Peer);
                _core.PeerSession(item.Peer);
                break;
            case ReplicaEventKind.PeerGone:
                _inSync.Gone(item.Peer);
                _core.PeerGone(item.Peer);
                RefreshInSync();
                break;
            case ReplicaEventKind.Command:
                ((Action<GroupOwner>)item.Item!)(this);
                break;
        }
    }

    /// <summary>True when there is something to settle.</summary>
    public bool Tick()
    {
        _core.Tick();
        _leaderless.Tick();
        if (_room.Tick())
            RoomChanged();
        Log.Log.MayUseReserve = _room.MayUseReserve;
        _sender.Tick(_core);
        if (_room.IsFull && _core.Now % _retryTicks == 0)
            Lane.Enqueue(this);

        if (LostState.Tick() && _core.Now % _retryTicks == 0)
            _beginningAnew.Ask();
        _checkpoints.Tick(_core);
        if (_core.Now % _markTicks == 0)
            RecordCommit();
        if (_core.Role == RaftRole.Leader)
            RefreshInSync();
        else if (!_proposals.Pending.IsEmpty && _core.Now - _ledUntil > _uncertainTicks)
            _proposals.Pending.FailAll(ProposalFailure.Unknown);

        TrySleep();

        // A leader with proposals in hand looks again even without news: who is in sync may have changed.
        return _core.HasReady || _proposals.HasWaiting || !_proposals.Pending.IsEmpty;
    }

    /// <summary>Carries out what the inputs since the last time brought about.</summary>
    public void Settle()
    {
        if (_stopped)
            return;

        _reads.Begin(_core);
        do
        {
            _proposals.Append(_room.IsFull, _inSync.Count);
            if (!_core.HasReady)
                break;

            _core.TakeReady(_ready);
            CarryOut();
        }
        while (true);

        if (HasOtherMembers)
            PublishStatus();
        _proposals.Pending.Advance(_core, _inSync.Count);
        _transfers.Advance(_core);
        if (Log.TakePending())
            Lane.Enqueue(this);
    }

    public ChangeAnswer Change(Configuration target, Term term) =>
        _stopped || _core.CurrentTerm != term ? ChangeAnswer.NotLeader : _core.ChangeConfiguration(target);

    public LogBase? Base() => _stopped ? null : _checkpoints.Base(_core);

    public void BaseCame(LogBase? begin)
    {
        if (!_stopped)
            _beginningAnew.Came(begin);
    }

    public void JoinRead(TaskCompletionSource<bool> read) => _reads.Join(read);

    public void Transfer(BrokerId? wanted, TaskCompletionSource<bool> done)
    {
        BrokerId to = _room.Successor(wanted, _inSync, Log.Log.LastIndex);
        if (_core.Role != RaftRole.Leader || to == BrokerId.None || !_core.TransferLeadership(to))
            done.TrySetResult(_core.Role != RaftRole.Leader);
        else
            _transfers.Add(done);
    }

    public Task<bool>? TakeCheckpoint() => _beginningAnew.IsDone ? null : _checkpoints.Take(_core);

    /// <summary>The group ends here: nothing is answered or sent any more.</summary>
    public void Stop()
    {
        EndCore();
        _stopped = true;
        _proposals.Stop();
        _reads.FailAll();
        _transfers.Advance(_core);
        Log.Close();
    }

    public void PublishStatus()
    {
        var status = new ReplicaStatus
        {
            Role = _core.Role,
            Term = _core.CurrentTerm,
            Leader = _core.Leader,
            IsLeaderReady = _core.Role == RaftRole.Leader && _leaderReady,
            InSync = _inSync.Brokers,
            Abstains = _core.Abstains,
            LacksTail = _core.IsLastResort,
            IsDamaged = _isDamaged,
            BeginsAnew = _beginningAnew.IsDone,
            IsStorageFull = _room.IsFull,
            Configuration = _core.Configuration,
            IsConfigurationCommitted = IsConfigurationCommitted,
        };
        if (!Replica.Publish(status))
            return;

        Machine.StatusChanged(status);
        _context.StatusChanged(Replica);
    }

    private void Receive(in ReplicaEvent item)
    {
        _room.Heard(item.Message.From, item.SenderIsFull);
        LogChange change = _core.Receive(item.Message);
        if (change.TruncateFrom is { } from)
            _proposals.Pending.Truncated(from);
        Log.Apply(change, item.Message, (EntryBatch?)item.Item);
        Log.Configurations.Tell(_core);
    }

    private void Written(in DiskReport report)
    {
        // A round that began before the last truncation says nothing of what came since.
        if (report.Truncations == Log.Log.Truncations)
        {
            Log.Written(report.Index);
            _core.Persisted(report.Index, report.Term);
        }

        if (_room.Report(report.IsFull))
            RoomChanged(report.Failure);
        _checkpoints.Written(report.Bytes);
    }

    private void RoomChanged(string? failure = null)
    {
        if (_room.IsFull && failure is not null)
            _context.Log.StorageFailed(Id, failure);
        else if (_room.IsFull)
            _context.Log.StorageFull(Id);
        else
            _context.Log.StorageRecovered(Id);
        PublishStatus();
    }

    private void CarryOut()
    {
        if (_ready.HardState is { } hard)
            _context.Votes.Save(this, hard);
        if (_ready.RoleChanged)
            RoleChanged();
        if (_ready.NoOp is { } index)
            BeginTerm(index);
        if (_ready.Configuration is { } entry)
            AppendConfiguration(entry.Index, entry.Configuration);

        foreach (RaftMessage message in _ready.Messages)
        {
            if (message.Kind == MessageKind.Append && message.LastIndex > message.PrevIndex)
                _sender.Send(message, _room.IsFull);
            else
                Loop.Outbox.Add(Id, message, _room.IsFull);
        }

        if (_ready.Commit is { } commit)
        {
            Replica.PublishCommit(commit);
            Log.CommitTo(commit);
        }

        if (_ready.LeaderReady)
            LeaderReady();
        if (_ready.Reads.Count > 0)
            _reads.Answer(_ready.Reads);
        if (_ready.Readmitted)
            Readmitted();
        if (_ready.BeginAnew is not null)
            _beginningAnew.Ask();
    }

    private void RoleChanged()
    {
        bool led = Replica.Status.IsLeader;
        _leaderReady = false;
        NoteElection();
        _inSync.Refresh();
        if (_core.Role == RaftRole.Leader)
        {
            _context.Metrics.CountElected();
            _context.Log.Elected(Id, _core.CurrentTerm);
            if (_core.WasElectedByAll)
                _context.Log.ElectedByAll(Id, _core.CurrentTerm, Log.Log.LastIndex, Log.Log.NextOffset);
        }
        else if (led)
        {
            _ledUntil = _core.Now;
            _context.Log.LostLeadership(Id, _core.CurrentTerm, _core.Leader);
        }

        PublishStatus();
    }

    // The first entry of a log says who votes; any entry of the own term begins it.
    private void BeginTerm(LogIndex index)
    {
        if (index.Value == 1)
        {
            AppendConfiguration(index, _core.Configuration);
            return;
        }

        Log.AppendOwn(EntryKind.NoOp, _core.CurrentTerm, default);
        _core.Appended(index);
    }

    private void AppendConfiguration(LogIndex index, Configuration configuration)
    {
        Log.AppendConfiguration(_core.CurrentTerm, configuration);
        _core.Appended(index);
    }

    private void LeaderReady()
    {
        _leaderReady = true;
        PublishStatus();
        Machine.LeaderReady(_core.CurrentTerm);
    }

    // Only as far as the own disk holds what was committed: behind that it may still hold what a new leader has
    // replaced in memory, and after a crash that must not be taken for committed.
    private void RecordCommit()
    {
        LogIndex held = LogIndex.Min(_core.PersistedIndex, Log.Log.FlushedIndex);
        _context.Journal.RecordCommit(Id, LogIndex.Min(_core.CommitIndex, held));
    }

    private void RefreshInSync()
    {
        if (_inSync.Refresh())
            PublishStatus();
    }
}
