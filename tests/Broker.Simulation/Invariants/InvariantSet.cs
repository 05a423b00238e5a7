using Broker.Model;
using Broker.Raft;
using Broker.Simulation.Time;
using Broker.Storage;

namespace Broker.Simulation.Invariants;

/// <summary>
/// All invariants of replicas, told of everything in the same order. Without a way to ask disks for votes, those are
/// believed.
/// </summary>
public sealed class InvariantSet(
    Findings findings,
    EventQueue queue,
    Func<BrokerId, GroupRecord, byte[], bool> isFlushed,
    Func<BrokerId, GroupRecord, GroupState>? durableVote = null,
    Func<GroupRecord, IEnumerable<ReplicaRecord>>? alive = null)
{
    private readonly Invariant[] _all =
    [
        new OnlyPowerCutsLose(findings),
        new SurvivorsAreKept(findings, alive ?? (_ => [])),
        new ElectionSafety(findings),
        new LeaderAppendOnly(findings),
        new LogMatching(findings),
        new LeaderCompleteness(findings),
        new StateMachineSafety(findings),
        new CommitNeverGoesBack(findings),
        new DenseOffsets(findings),
        new LogStartNeverGoesBack(findings),
        new OneVotePerTerm(findings),
        .. durableVote is null ? Array.Empty<Invariant>() : [new VotesAreDurable(findings, durableVote)],
        new AcknowledgedIsOnDisks(findings, isFlushed),
    ];

    public Findings Findings => findings;

    public void Started(ReplicaRecord replica)
    {
        foreach (Invariant invariant in _all)
            invariant.Started(replica);
    }

    public void Appended(ReplicaRecord replica, in EntryRecord entry)
    {
        foreach (Invariant invariant in _all)
            invariant.Appended(replica, entry);
        if (!replica.TryAppend(entry))
            findings.Add($"{replica} ends at {replica.Last} and is told of {entry}");
    }

    public void Truncated(ReplicaRecord replica, LogIndex from, Offset nextOffset)
    {
        Note(replica, $"truncates from {from}");
        foreach (Invariant invariant in _all)
            invariant.Truncated(replica, from, nextOffset);
        replica.TruncateFrom(from);
    }

    public void Committed(ReplicaRecord replica, LogIndex commit, Offset highWatermark)
    {
        foreach (Invariant invariant in _all)
            invariant.CommitMoved(replica, commit, highWatermark);
        for (LogIndex index = replica.Commit + 1; index <= commit; index += 1)
        {
            if (replica.Find(index) is not { } entry)
                continue;

            foreach (Invariant invariant in _all)
                invariant.Committed(replica, entry);
            replica.StateHash = GroupRecord.Step(replica.StateHash, entry);
        }

        replica.Commit = LogIndex.Max(replica.Commit, commit);
        replica.HighWatermark = Offset.Max(replica.HighWatermark, highWatermark);
    }

    public void Leads(ReplicaRecord replica, Term term)
    {
        Note(replica, $"leads in term {term}");
        foreach (Invariant invariant in _all)
            invariant.Leads(replica, term);
    }

    public void LogStartMoved(ReplicaRecord replica, Offset start)
    {
        Note(replica, $"log start is {start}");
        foreach (Invariant invariant in _all)
            invariant.LogStartMoved(replica, start);
        replica.LogStart = start;
        replica.Group.LogStart = Offset.Max(replica.Group.LogStart, start);
    }

    public void Acknowledged(GroupRecord group, Acknowledgement what)
    {
        queue.Trace.Mix(what.Index.Value);
        foreach (Invariant invariant in _all)
            invariant.Acknowledged(group, what);
        group.Acknowledged.Add(what);
        if (!what.LeaderOnly)
            group.LastAcknowledged = LogIndex.Max(group.LastAcknowledged, what.Index);
    }

    public void Sent(GroupRecord group, in RaftMessage message, int life)
    {
        foreach (Invariant invariant in _all)
            invariant.Sent(group, message, life);
    }

    public void Forgot(BrokerId broker)
    {
        foreach (Invariant invariant in _all)
            invariant.Forgot(broker);
    }

    private void Note(ReplicaRecord replica, string what) =>
        queue.Trace.Note(queue.Now, $"broker {replica.Broker}", $"{replica.Group.Name} {what}");
}
