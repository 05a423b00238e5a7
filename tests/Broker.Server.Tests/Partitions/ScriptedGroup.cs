using System.Buffers;
using Broker.Metadata;
using Broker.Model;
using Broker.Raft;
using Broker.Replication;
using Broker.Server.Partitions;
using Broker.Simulation.Disks;
using Broker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Server.Tests.Partitions;

/// <summary>
/// The group under a partition, with a real log; the test is its owner, and says when something is appended, committed,
/// truncated or led.
/// </summary>
internal sealed class ScriptedGroup : IPartitionReplica, IDisposable
{
    public static readonly PartitionId Id = new(TopicId.New(new Random(17)), 0);
    private static readonly Incarnation Life = Incarnation.New(new Random(18));

    private readonly Queue<Proposal> _mailbox = new();
    private readonly SortedDictionary<LogIndex, List<Proposal>> _waiting = [];
    private readonly Dictionary<LogIndex, Offset> _ends = [];
    private readonly VoteJournal _journal;
    private readonly OpenFiles _open;
    private readonly PartitionLog _log;
    private IReplicaStateMachine? _machine;

    public ScriptedGroup()
    {
        var disk = new SimulatedFileSystem(new Random(19));
        foreach (string path in (string[])["/votes", "/log"])
            disk.CreateDirectory(path);
        _journal = VoteJournal.Create(disk, "/votes", Life);
        _open = new OpenFiles(disk);
        var resources = new LogResources
        {
            FileSystem = disk,
            OpenFiles = _open,
            TailCache = new TailCacheBudget(),
            Journal = _journal,
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
        };
        _log = PartitionLog.Open(resources, "/log", Id, Life, LogOptions.Default);
    }

    public ReplicaStatus Status { get; private set; } = new()
    {
        Role = RaftRole.Follower,
        Term = Term.Zero,
        Leader = BrokerId.None,
    };

    /// <summary>The group has all in hand that it may have.</summary>
    public bool IsBusy { get; set; }

    /// <summary>A leader that no majority confirms: another one may lead, and it does not know.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>What the log was told to go by, in order.</summary>
    public List<TopicSettings> Configured { get; } = [];

    /// <summary>Proposals that were appended or wait for one that was.</summary>
    public int Waiting => _waiting.Values.Sum(proposals => proposals.Count);

    public LogIndex LastIndex => _log.LastIndex;

    public Offset LogStart => _log.LogStartOffset;

    public Offset NextOffset => _log.NextOffset;

    public long SizeInBytes => _log.SizeInBytes;

    /// <param name="machine">Null: the partition itself.</param>
    public void Serve(Partition partition, IReplicaStateMachine? machine = null)
    {
        _machine = machine ?? partition;
        partition.Attach(this);
    }

    public void Become(ReplicaStatus status)
    {
        Status = status;
        _machine!.StatusChanged(status);
    }

    /// <summary>Elected; its no-op is appended, and committed unless the test waits with that.</summary>
    public void Lead(int term, bool ready = true, params int[] inSync)
    {
        BrokerId[] brokers = [.. inSync.Length == 0 ? [new BrokerId(1)] : inSync.Select(id => new BrokerId(id))];
        Become(new ReplicaStatus
        {
            Role = RaftRole.Leader,
            Term = new Term(term),
            Leader = new BrokerId(1),
            InSync = [.. brokers],
        });
        Append(EntryKind.NoOp, []);
        if (ready)
            CommitAll();
    }

    /// <summary>The one step that appends: everything that was proposed, in order.</summary>
    public void TakeProposals()
    {
        while (_mailbox.TryDequeue(out Proposal? proposal))
        {
            var point = new AppendPoint(
                _log.LastIndex + 1, Status.Term, _log.NextOffset, _log.Mark, Status.InSync.Length);
            ProposalStep step = proposal.Prepare(point);
            if (step.Kind == ProposalStepKind.Append)
                Append(step.Entry);
            if (step.Kind != ProposalStepKind.Done)
                WaitersOf(step.Index).Add(proposal);
        }
    }

    public void CommitAll() => Commit(_log.LastIndex);

    public void Commit(LogIndex index)
    {
        _machine!.Committed(index, _ends[index]);
        if (Status.IsLeader && !Status.IsLeaderReady)
        {
            Become(Status with { IsLeaderReady = true });
            _machine.LeaderReady(Status.Term);
        }

        foreach (LogIndex committed in _waiting.Keys.Where(waiting => waiting <= index).ToList())
            Answer(committed, proposal => proposal.Completed(committed));
    }

    public void Fail(LogIndex index, ProposalFailure failure) => Answer(index, proposal => proposal.Failed(failure));

    public void FailWaiting(ProposalFailure failure)
    {
        while (_mailbox.TryDequeue(out Proposal? proposal))
            proposal.Failed(failure);
    }

    /// <summary>Another leader's log goes on from here.</summary>
    public void TruncateFrom(LogIndex index)
    {
        foreach (LogIndex gone in _waiting.Keys.Where(waiting => waiting >= index).ToList())
            Fail(gone, ProposalFailure.Truncated);
        Offset next = _ends[index - 1];
        _log.TruncateFrom(index, next);
        _machine!.Truncated(index, next);
    }

    public void MoveLogStart(LogIndex index, Offset offset)
    {
        _log.SetLogStart(index, offset);
        _machine!.LogStartMoved(offset);
    }

    public byte[] Checkpoint()
    {
        var state = new ArrayBufferWriter<byte>();
        _machine!.WriteCheckpoint(state);
        return state.WrittenSpan.ToArray();
    }

    public bool TryPropose(Proposal proposal)
    {
        if (IsBusy)
            return false;
        _mailbox.Enqueue(proposal);
        return true;
    }

    public void Configure(TopicSettings settings) => Configured.Add(settings);

    public Task<bool> ReadBarrierAsync(CancellationToken cancellation) =>
        Task.FromResult(Status.IsLeader && !IsCutOff);

    public Task<GroupView?> ViewAsync(CancellationToken cancellation) => Task.FromResult<GroupView?>(null);

    public Offset? OffsetOf(LogIndex index) => null;

    public ReadOutcome ReadBatches(
        Offset from, Offset limit, int maxBytes, bool atLeastOne, bool memoryOnly, LogSlices into) =>
        _log.ReadBatches(from, limit, maxBytes, atLeastOne, into);

    /// <summary>What deletions are answered with.</summary>
    public TaskCompletionSource<DeletionAnswer> Deletion { get; } = new();

    public Task<DeletionAnswer> DeleteRecordsAsync(Offset? before) => Deletion.Task;

    public BatchTime? FindByTimestamp(long timestamp, Offset from, Offset limit) =>
        TimeOf(_log.FindByTimestamp(timestamp, from, limit));

    public BatchTime? FindMaxTimestamp(Offset limit) => TimeOf(_log.FindMaxTimestamp(limit));

    public EpochEnd? EndOfEpoch(Term epoch) =>
        _log.EndOffsetForTerm(epoch) is { } end ? new EpochEnd(end.Term, end.End) : null;

    public Term EpochOf(Offset offset) => _log.TermOf(offset);

    public void Dispose()
    {
        _log.Dispose();
        _journal.Dispose();
        _open.Dispose();
    }

    private static BatchTime? TimeOf(TimestampHit? hit) =>
        hit is { } batch ? new BatchTime(batch.Offset, batch.MaxTimestamp) : null;

    private void Append(EntryKind kind, ReadOnlySpan<byte> payload)
    {
        SharedBuffer buffer = SharedBuffer.Rent(EntryFrame.HeaderSize + payload.Length);
        payload.CopyTo(buffer.Span[EntryFrame.HeaderSize..]);
        Append(EntryFrame.Seal(buffer, 0, payload.Length, new EntryHeader
        {
            Index = _log.LastIndex + 1,
            Term = Status.Term,
            Kind = kind,
            Offset = _log.NextOffset,
            MaxTimestamp = -1,
            Mark = _log.Mark,
        }));
        buffer.Release();
    }

    private void Append(in LogEntry entry)
    {
        _log.Append(entry);
        _ends[entry.Index] = entry.NextOffset;
        _machine!.Appended(entry, recovering: false);
    }

    private List<Proposal> WaitersOf(LogIndex index)
    {
        if (!_waiting.TryGetValue(index, out List<Proposal>? waiters))
            _waiting[index] = waiters = [];
        return waiters;
    }

    private void Answer(LogIndex index, Action<Proposal> answer)
    {
        if (!_waiting.Remove(index, out List<Proposal>? waiters))
            return;
        foreach (Proposal proposal in waiters)
            answer(proposal);
    }
}
