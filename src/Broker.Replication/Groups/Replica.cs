using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// One partition's group on this broker, as everybody but its owner sees it. All members: any thread.
/// </summary>
public sealed class Replica
{
    private static readonly ReplicaStatus Unknown =
        new() { Role = RaftRole.Follower, Term = Term.Zero, Leader = BrokerId.None };

    private volatile ReplicaStatus _status = Unknown;
    private GroupOwner? _owner;
    private long _commit;
    private int _logStartHolder = BrokerId.None.Value;

    internal Replica(PartitionId id, PartitionLog log, ReplicaHostOptions options)
    {
        Id = id;
        Log = log;
        Quota = new ProposalQuota(options.MaxProposals, options.MaxProposalBytes);
    }

    public PartitionId Id { get; }

    /// <summary>For its members that are marked READER.</summary>
    public PartitionLog Log { get; }

    /// <summary>
    /// The newest snapshot; commit index and high watermark stand beside it, because they move all the time.
    /// </summary>
    public ReplicaStatus Status => _status;

    public LogIndex CommitIndex => new(Volatile.Read(ref _commit));

    /// <summary>Records below it are committed.</summary>
    public Offset HighWatermark => Owner.Log.HighWatermark;

    /// <summary>The replica that has not got what retention would delete; none if nothing is held back.</summary>
    public BrokerId LogStartHolder => new(Volatile.Read(ref _logStartHolder));

    internal ProposalQuota Quota { get; }

    internal GroupOwner Owner => _owner ?? throw new InvalidOperationException($"{Id} has not begun yet.");

    /// <summary>
    /// Puts a proposal into the group's mailbox. False: the group has too many or too much in hand; nothing was done
    /// and the proposal hears nothing. Otherwise it is answered exactly once.
    /// </summary>
    public bool TryPropose(Proposal proposal)
    {
        if (!Quota.TryTake(proposal.Bytes))
            return false;

        Owner.Loop.Post(ReplicaEvent.Proposed(Owner, proposal));
        return true;
    }

    /// <summary>
    /// Confirms leadership by a round of heartbeats that all callers of the moment share (thesis 6.4). True: what was
    /// committed anywhere before the call is applied here. False: this replica does not lead.
    /// </summary>
    public Task<bool> ReadIndexAsync(CancellationToken token)
    {
        TaskCompletionSource<bool> read = NewCompletion();
        Tell(owner => owner.JoinRead(read));
        return read.Task.OrCancelledAsync(token);
    }

    /// <summary>
    /// Hands leadership over, to the follower that is furthest, or to the given broker if it is in sync, close behind
    /// the end, whole and with room. True: this replica leads no more. False: nobody could take it, or not within an
    /// election timeout.
    /// </summary>
    public Task<bool> TransferLeadershipAsync(BrokerId? to, CancellationToken token)
    {
        TaskCompletionSource<bool> done = NewCompletion();
        Tell(owner => owner.Transfer(to, done));
        return done.Task.OrCancelledAsync(token);
    }

    /// <summary>
    /// Leader: begins to change who votes and who learns, see <see cref="RaftCore.ChangeConfiguration"/>. What came of
    /// it is in <see cref="Status"/>; whoever wants it asks again until it is there.
    /// </summary>
    /// <param name="term">In which it leads; in another one nothing is begun.</param>
    public Task<ChangeAnswer> ChangeConfigurationAsync(Configuration target, Term term, CancellationToken token)
    {
        var answer = new TaskCompletionSource<ChangeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(owner => answer.TrySetResult(owner.Change(target, term)));
        return answer.Task.OrCancelledAsync(token);
    }

    /// <summary>
    /// Leader: lets the log begin behind the segments that are older than a time (Unix milliseconds) or more than a
    /// size allows, each -1 for no limit, as far as every member heard of lately has them. Decided by an entry, see
    /// <see cref="IReplicaStateMachine.LogStartMoved"/>. Elsewhere, or when nothing is due: nothing.
    /// </summary>
    public void ApplyRetention(long olderThan, long maxBytes) =>
        Tell(owner => owner.LogStarts.Retain(olderThan, maxBytes));

    /// <summary>
    /// Leader: lets the log begin at an offset, be it in the midst of a segment or a batch. Answered when that is
    /// committed and applied here. It never goes back: a lower offset than the log's start is done already.
    /// </summary>
    /// <param name="before">The first record that stays; null: none of those that are committed now.</param>
    public Task<DeletionAnswer> DeleteRecordsAsync(Offset? before)
    {
        var proposal = new DeletionProposal(Owner.LogStarts, before);
        return TryPropose(proposal)
            ? proposal.Answer
            : Task.FromResult(DeletionAnswer.Failed(DeletionOutcome.Busy));
    }

    /// <summary>
    /// Writes a checkpoint of the state machine soon. They are also written by themselves now and then.
    /// </summary>
    public void RequestCheckpoint() => Tell(owner => owner.TakeCheckpoint());

    public override string ToString() => $"{Id} ({_status.Role}, term {_status.Term})";

    /// <summary>The group as this replica sees it, for people who look; null once it has ended here.</summary>
    public Task<GroupView?> ViewAsync(CancellationToken token)
    {
        var view = new TaskCompletionSource<GroupView?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(owner => view.TrySetResult(owner.View()));
        return view.Task.OrCancelledAsync(token);
    }

    /// <summary>Where another replica can begin anew; null where this one does not lead.</summary>
    internal async Task<LogBase?> BaseAsync(CancellationToken token)
    {
        var begin = new TaskCompletionSource<LogBase?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(owner => begin.TrySetResult(owner.Base()));
        LogBase? found = await begin.Task.OrCancelledAsync(token);
        bool isHeld = found is null || !Owner.Unflushed.IsRelaxed
            || await Owner.Lane.RunAsync(() => Checkpoints.HoldsFlushed(Owner, found.Checkpoint.Index));
        return isHeld ? found : null;
    }

    internal void Begin(GroupOwner owner) => _owner = owner;

    /// <summary>OWNER. False: it is what it was.</summary>
    internal bool Publish(ReplicaStatus status)
    {
        if (_status.Equals(status))
            return false;

        _status = status;
        return true;
    }

    /// <summary>OWNER.</summary>
    internal void PublishCommit(LogIndex commit) => Volatile.Write(ref _commit, commit.Value);

    /// <summary>OWNER.</summary>
    internal void PublishLogStartHolder(BrokerId holder) => Volatile.Write(ref _logStartHolder, holder.Value);

    internal void Tell(Action<GroupOwner> command) => Owner.Loop.Post(ReplicaEvent.Command(Owner, command));

    private static TaskCompletionSource<bool> NewCompletion() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
